#pragma once

/// Ed25519 (RFC 8032). Verification is strict: canonical S, canonical points, no small-order keys (libsodium's rule),
/// so that every node decides alike.

#include "core/crypto/error.hpp"
#include "core/crypto/secret.hpp"

namespace substratee::crypto::ed25519 {

using PublicKey = FixedBytes<32>;
using Signature = FixedBytes<64>;

/// A key pair from a 32-byte seed. The seed is secret.
class KeyPair {
 public:
  [[nodiscard]] static KeyPair from_seed(std::span<const std::uint8_t, 32> seed) noexcept;
  [[nodiscard]] const PublicKey& public_key() const noexcept { return public_key_; }
  [[nodiscard]] Signature sign(ByteView message) const noexcept;

 private:
  KeyPair() = default;
  Secret<64> secret_;
  PublicKey public_key_;
};

[[nodiscard]] bool verify(const PublicKey& key, ByteView message, const Signature& signature) noexcept;

}  // namespace substratee::crypto::ed25519
