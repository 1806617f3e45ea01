#pragma once

/// X25519 (RFC 7748).

#include "core/crypto/error.hpp"
#include "core/crypto/secret.hpp"

namespace substratee::crypto::x25519 {

using PublicKey = FixedBytes<32>;

/// A key pair; any 32 bytes are a secret key.
class KeyPair {
 public:
  [[nodiscard]] static KeyPair from_secret(std::span<const std::uint8_t, 32> secret) noexcept;
  [[nodiscard]] static KeyPair draw(Random& random) noexcept { return from_secret(Secret<32>::draw(random).view()); }
  [[nodiscard]] const PublicKey& public_key() const noexcept { return public_key_; }
  /// kBadKey when the shared secret would be all zero (a small-order peer).
  [[nodiscard]] Result<Secret<32>> agree(const PublicKey& peer) const noexcept;

 private:
  KeyPair() = default;
  Secret<32> secret_;
  PublicKey public_key_;
};

}  // namespace substratee::crypto::x25519
