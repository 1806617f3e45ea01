#pragma once

/// What an enclave holds for its shard: the charter that it took by proof, every epoch's secret, the cut key. Secret.

#include "core/protocol/keys.hpp"
#include "core/protocol/provisioning.hpp"
#include "enclave/keys/sealing.hpp"

#include <list>

namespace substratee::enclave::keys {

inline constexpr std::string_view kShardBlob = "shard";

class ShardKeys {
 public:
  /// For a founder: a fresh secret for `epoch`, a fresh cut key.
  [[nodiscard]] static ShardKeys found(registry::Charter charter, registry::Epoch epoch, Random& random);
  /// For a joiner: what its provider sent (epochs ascending, at least one).
  [[nodiscard]] static Result<ShardKeys> from_provisioning(protocol::Provisioning provisioning);
  [[nodiscard]] static Result<ShardKeys> from_sealed(ByteView plaintext);
  [[nodiscard]] crypto::WipedBytes to_sealed() const { return protocol::encode_provisioning(to_provisioning()); }
  [[nodiscard]] protocol::Provisioning to_provisioning() const;

  [[nodiscard]] const registry::Charter& charter() const noexcept { return charter_; }
  [[nodiscard]] const crypto::Secret<32>& cut_key() const noexcept { return cut_key_; }
  [[nodiscard]] const protocol::EpochKeys* find(registry::Epoch epoch) const noexcept;
  [[nodiscard]] const protocol::EpochKeys& newest() const noexcept { return epochs_.back(); }
  [[nodiscard]] const std::list<protocol::EpochKeys>& epochs() const noexcept { return epochs_; }

 private:
  ShardKeys(registry::Charter charter, crypto::Secret<32> cut_key)
      : charter_(std::move(charter)), cut_key_(std::move(cut_key)) {}
  registry::Charter charter_;
  crypto::Secret<32> cut_key_;
  std::list<protocol::EpochKeys> epochs_;  // ascending
};

}  // namespace substratee::enclave::keys
