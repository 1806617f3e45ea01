#pragma once

/// Sealed blobs: what an enclave keeps through its host. docs/protocol.md, "Sealed blobs".
/// Wire: "SBSTSEAL" ‖ format u8 = 1 ‖ SCALE{name, version, genesis hash} ‖ AES-SIV(plaintext padded to 256, aad = all
/// before). Key: HKDF(platform's sealing key, "substratee/sealed-blob/v1" ‖ name), 64 bytes. The header is in clear so
/// that "other chain" and "corrupt" can be told apart; the host could change it, but then the blob does not open.

#include "core/crypto/secret.hpp"
#include "core/protocol/enclave_messages.hpp"

namespace substratee::enclave::keys {

enum class Error {
  kCorrupt,     ///< not a blob, or it does not open: other platform, other program, changed bytes
  kOtherChain,  ///< a blob of another genesis
  kOtherName,   ///< another blob, or another version, than the host says
  kNoKey,       ///< this platform has no sealing key: the blob is of another one
};
[[nodiscard]] std::string_view to_string(Error error) noexcept;
template <class T>
using Result = std::expected<T, Error>;

[[nodiscard]] protocol::Blob seal(std::string_view name, std::uint64_t version, const Hash256& genesis_hash,
                                  ByteView plaintext, const crypto::Secret<32>& sealing_key);
[[nodiscard]] Result<crypto::WipedBytes> unseal(const protocol::Blob& blob, const Hash256& genesis_hash,
                                                const crypto::Secret<32>& sealing_key);

}  // namespace substratee::enclave::keys
