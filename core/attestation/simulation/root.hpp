#pragma once

/// A simulation root: the key pair that takes the place of Intel's PKI. Anyone who has the secret can make evidence
/// under it, which is why it counts only where a genesis names it.

#include "core/attestation/error.hpp"
#include "core/crypto/p256.hpp"

#include <string_view>

namespace substratee::attestation::simulation {

class SimulationRoot {
 public:
  /// The well-known one (policy/development_root.hpp).
  [[nodiscard]] static SimulationRoot development();
  /// A root of one's own. `label` stands in its name: "substraTEE SIMULATED ROOT - NOT SECURE (label)", its first
  /// 23 characters, those outside printable ASCII as "?".
  [[nodiscard]] static SimulationRoot from_secret(std::span<const std::uint8_t, 32> secret, std::string_view label);

  [[nodiscard]] const Bytes& certificate() const noexcept { return certificate_; }
  /// The intermediate "PCK CA" below it.
  [[nodiscard]] const Bytes& ca_certificate() const noexcept { return ca_certificate_; }
  /// SHA-256 of its SPKI: what a genesis lists.
  [[nodiscard]] Hash256 hash() const noexcept;
  [[nodiscard]] const crypto::p256::KeyPair& ca_key() const noexcept { return ca_key_; }
  /// Signs TCB info and QE identities, directly under the root.
  [[nodiscard]] const Bytes& tcb_signer_certificate() const noexcept { return tcb_signer_certificate_; }
  [[nodiscard]] const crypto::p256::KeyPair& tcb_signer_key() const noexcept { return tcb_signer_key_; }
  /// The root's own key, for its revocation list.
  [[nodiscard]] const crypto::p256::KeyPair& key() const noexcept { return key_; }
  /// Its Name.
  [[nodiscard]] const Bytes& name() const noexcept { return name_; }
  /// The Name that PCK certificates have as their issuer.
  [[nodiscard]] static Bytes ca_name();

 private:
  explicit SimulationRoot(std::span<const std::uint8_t, 32> secret);
  void make_certificates(std::string_view name);

  crypto::p256::KeyPair key_;
  crypto::p256::KeyPair ca_key_;
  crypto::p256::KeyPair tcb_signer_key_;
  Bytes name_;
  Bytes certificate_;
  Bytes ca_certificate_;
  Bytes tcb_signer_certificate_;
};

}  // namespace substratee::attestation::simulation
