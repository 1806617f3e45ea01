#include "core/protocol/keys.hpp"

#include "core/crypto/kdf.hpp"

namespace substratee::protocol {
namespace {

using crypto::Secret;

Secret<32> derive_for_shard(const Secret<32>& secret, std::string_view label, const registry::ShardId& shard) {
  return crypto::derive<32>(secret.view(), concat(as_bytes(label), shard));
}

}  // namespace

EpochKeys::EpochKeys(registry::Epoch epoch, Secret<32> secret, const registry::ShardId& shard)
    : epoch_(epoch),
      secret_(std::move(secret)),
      state_key_(derive_for_shard(secret_, "substratee/state-key/v1", shard)),
      shielding_(crypto::hpke::derive_key_pair(derive_for_shard(secret_, "substratee/shielding/v1", shard).view())),
      blind_key_(crypto::derive<32>(secret_.view(), as_bytes("substratee/blind/v1"))),
      receipt_key_(crypto::derive<32>(secret_.view(), as_bytes("substratee/receipt-store/v1"))) {}

}  // namespace substratee::protocol
