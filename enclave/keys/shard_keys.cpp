#include "enclave/keys/shard_keys.hpp"

namespace substratee::enclave::keys {

ShardKeys ShardKeys::found(registry::Charter charter, registry::Epoch epoch, Random& random) {
  auto secret = crypto::Secret<32>::draw(random);
  ShardKeys keys(std::move(charter), crypto::Secret<32>::draw(random));
  keys.epochs_.emplace_back(epoch, std::move(secret), keys.charter_.shard);
  return keys;
}

Result<ShardKeys> ShardKeys::from_provisioning(protocol::Provisioning provisioning) {
  if (provisioning.epochs.empty() || provisioning.epochs.size() > protocol::kMaxEpochs) {
    return std::unexpected(Error::kCorrupt);
  }
  ShardKeys keys(std::move(provisioning.charter), std::move(provisioning.cut_key));
  for (auto& [epoch, secret] : provisioning.epochs) {
    if (!keys.epochs_.empty() && epoch <= keys.newest().epoch()) return std::unexpected(Error::kCorrupt);
    keys.epochs_.emplace_back(epoch, std::move(secret), keys.charter_.shard);
  }
  return keys;
}

Result<ShardKeys> ShardKeys::from_sealed(ByteView plaintext) {
  return from_provisioning(SUBSTRATEE_TRY_OR(Error::kCorrupt, protocol::decode_provisioning(plaintext)));
}

protocol::Provisioning ShardKeys::to_provisioning() const {
  protocol::Provisioning out;
  out.charter = charter_;
  for (const auto& keys : epochs_) out.epochs.push_back({keys.epoch(), keys.secret().clone()});
  out.cut_key = cut_key_.clone();
  return out;
}

const protocol::EpochKeys* ShardKeys::find(registry::Epoch epoch) const noexcept {
  for (const auto& keys : epochs_) {
    if (keys.epoch() == epoch) return &keys;
  }
  return nullptr;
}

}  // namespace substratee::enclave::keys
