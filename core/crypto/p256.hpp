#pragma once

/// ECDSA on NIST P-256 with SHA-256, raw: public key x ‖ y and signature r ‖ s, 64 bytes each, big-endian.
/// High s is accepted (attestation signers use both); r and s must lie in [1, n-1]; the key must be on the curve.

#include "core/crypto/error.hpp"
#include "core/crypto/secret.hpp"

namespace substratee::crypto::p256 {

using PublicKey = FixedBytes<64>;
using Signature = FixedBytes<64>;

class KeyPair {
 public:
  /// kBadKey when the secret is zero or not below the group order.
  [[nodiscard]] static Result<KeyPair> from_secret(std::span<const std::uint8_t, 32> secret) noexcept;
  /// Draws until the secret is in range.
  [[nodiscard]] static KeyPair draw(Random& random) noexcept;
  [[nodiscard]] const PublicKey& public_key() const noexcept { return public_key_; }
  [[nodiscard]] ByteView secret() const noexcept { return secret_.view(); }
  /// Deterministic nonce (RFC 6979) or OpenSSL's own generator.
  [[nodiscard]] Signature sign(ByteView message) const noexcept;

 private:
  KeyPair() = default;
  Secret<32> secret_;
  PublicKey public_key_;
};

[[nodiscard]] bool verify(const PublicKey& key, ByteView message, const Signature& signature) noexcept;

}  // namespace substratee::crypto::p256
