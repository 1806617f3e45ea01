#pragma once

/// Who an enclave is: signing key (its account) and encryption key, sealed; instance, random per process start.

#include "core/attestation/claims.hpp"
#include "core/crypto/ed25519.hpp"
#include "core/crypto/x25519.hpp"
#include "enclave/keys/sealing.hpp"

namespace substratee::enclave::keys {

inline constexpr std::string_view kIdentityBlob = "identity";

class Identity {
 public:
  [[nodiscard]] static Identity draw(Random& random);
  /// kCorrupt when the plaintext is not an identity.
  [[nodiscard]] static Result<Identity> from_sealed(ByteView plaintext, Random& random);
  /// The plaintext to seal: version u8 = 1 ‖ signing seed [32] ‖ encryption secret [32].
  [[nodiscard]] crypto::WipedBytes to_sealed() const;

  [[nodiscard]] primitives::AccountId account() const noexcept { return {signing_.public_key().bytes}; }
  [[nodiscard]] registry::EncryptionKey encryption_key() const noexcept { return {encryption_.public_key().bytes}; }
  [[nodiscard]] const registry::Instance& instance() const noexcept { return instance_; }
  [[nodiscard]] const crypto::ed25519::KeyPair& signing() const noexcept { return signing_; }
  [[nodiscard]] std::span<const std::uint8_t, 32> signing_seed() const noexcept { return seed_.view(); }

 private:
  Identity(crypto::Secret<32> seed, crypto::Secret<32> encryption_secret, registry::Instance instance);
  crypto::Secret<32> seed_;
  crypto::Secret<32> encryption_secret_;
  crypto::ed25519::KeyPair signing_;
  crypto::x25519::KeyPair encryption_;
  registry::Instance instance_;
};

}  // namespace substratee::enclave::keys
