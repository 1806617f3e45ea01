#pragma once

/// Sealed blobs on their way to the host's disk: nothing that depends on one leaves the enclave before the host has
/// said that it is durable. A host that lies about it costs itself its own worker, never a secret.
/// On a platform without a sealing key nothing is kept: put() stores nothing, nothing ever waits, no blob opens.

#include "enclave/keys/sealing.hpp"

#include <map>
#include <optional>
#include <string>

namespace substratee::enclave::keys {

class BlobKeeper {
 public:
  BlobKeeper(Hash256 genesis_hash, std::optional<crypto::Secret<32>> sealing_key)
      : genesis_hash_(genesis_hash), sealing_key_(std::move(sealing_key)) {}

  /// Opens a blob that the host brought back at start and remembers its version. kNoKey without a sealing key.
  [[nodiscard]] Result<crypto::WipedBytes> open(const protocol::Blob& blob);
  /// Seals the next version of `name`; it is not durable until stored() names it.
  void put(std::string_view name, ByteView plaintext);
  /// False when no such blob waits, or its bytes are others.
  [[nodiscard]] bool stored(std::string_view name, std::uint64_t version, const Hash256& sha256);
  /// The blob that must be stored before anything that depends on it leaves; nothing when it is durable.
  [[nodiscard]] const protocol::Blob* waiting(std::string_view name) const noexcept;

 private:
  Hash256 genesis_hash_;
  std::optional<crypto::Secret<32>> sealing_key_;
  std::map<std::string, std::uint64_t, std::less<>> versions_;
  std::map<std::string, protocol::Blob, std::less<>> waiting_;
};

}  // namespace substratee::enclave::keys
