#pragma once

/// ECDSA on secp256k1 with recovery, as Substrate accounts use it: 65 bytes r ‖ s ‖ v over blake2_256(message).

#include "core/crypto/error.hpp"
#include "core/crypto/secret.hpp"

namespace substratee::crypto::ecdsa {

using PublicKey = FixedBytes<33>;
using Signature = FixedBytes<65>;

class KeyPair {
 public:
  /// kBadKey when the seed is zero or not below the group order.
  [[nodiscard]] static Result<KeyPair> from_seed(std::span<const std::uint8_t, 32> seed) noexcept;
  [[nodiscard]] const PublicKey& public_key() const noexcept { return public_key_; }
  [[nodiscard]] Signature sign(ByteView message) const noexcept;

 private:
  KeyPair() = default;
  Secret<32> secret_;
  PublicKey public_key_;
};

/// The compressed key that made the signature over blake2_256(message), if there is one. v is 0 to 3.
[[nodiscard]] Result<PublicKey> recover(ByteView message, const Signature& signature) noexcept;

}  // namespace substratee::crypto::ecdsa
