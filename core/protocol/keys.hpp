#pragma once

/// The key schedule of a shard: everything from one 32-byte epoch secret (docs/protocol.md, "Keys of a shard").
/// All of it is secret except the shielding public key.

#include "core/crypto/hpke.hpp"
#include "core/registry/types.hpp"

namespace substratee::protocol {

/// One epoch's secret and what is derived from it.
class EpochKeys {
 public:
  EpochKeys(registry::Epoch epoch, crypto::Secret<32> secret, const registry::ShardId& shard);

  [[nodiscard]] registry::Epoch epoch() const noexcept { return epoch_; }
  [[nodiscard]] const crypto::Secret<32>& secret() const noexcept { return secret_; }
  /// HKDF(epoch secret, "substratee/state-key/v1" ‖ shard).
  [[nodiscard]] const crypto::Secret<32>& state_key() const noexcept { return state_key_; }
  /// HPKE DeriveKeyPair(HKDF(epoch secret, "substratee/shielding/v1" ‖ shard)).
  [[nodiscard]] const crypto::x25519::KeyPair& shielding() const noexcept { return shielding_; }
  /// HKDF(epoch secret, "substratee/blind/v1").
  [[nodiscard]] const crypto::Secret<32>& blind_key() const noexcept { return blind_key_; }
  /// HKDF(epoch secret, "substratee/receipt-store/v1"): the host keeps receipts only sealed under it.
  [[nodiscard]] const crypto::Secret<32>& receipt_key() const noexcept { return receipt_key_; }

 private:
  registry::Epoch epoch_;
  crypto::Secret<32> secret_;
  crypto::Secret<32> state_key_;
  crypto::x25519::KeyPair shielding_;
  crypto::Secret<32> blind_key_;
  crypto::Secret<32> receipt_key_;
};

}  // namespace substratee::protocol
