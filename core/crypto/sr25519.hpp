#pragma once

/// sr25519: Schnorr signatures over Ristretto255 with Merlin transcripts, as schnorrkel does it with the context
/// "substrate". Facts: w3f/schnorrkel; vectors in tests/vectors/substrate/sr25519.json.

#include "core/crypto/error.hpp"
#include "core/crypto/secret.hpp"

namespace substratee::crypto::sr25519 {

using PublicKey = FixedBytes<32>;
using Signature = FixedBytes<64>;
using ChainCode = FixedBytes<32>;

/// A key pair; the scalar and the nonce half are secret.
class KeyPair {
 public:
  /// The mini secret, expanded in ED25519 mode. 32 secret bytes.
  [[nodiscard]] static KeyPair from_mini_secret(std::span<const std::uint8_t, 32> mini_secret) noexcept;
  /// Hard derivation ("//name"): a new mini secret from the secret key.
  [[nodiscard]] KeyPair derive_hard(const ChainCode& code) const noexcept;
  /// Soft derivation ("/name"): the public key can be derived without the secret.
  [[nodiscard]] KeyPair derive_soft(const ChainCode& code, Random& random) const noexcept;
  [[nodiscard]] const PublicKey& public_key() const noexcept { return public_key_; }
  /// `random` salts the witness; a broken source does not reveal the key.
  [[nodiscard]] Signature sign(ByteView message, Random& random) const noexcept;

 private:
  KeyPair() = default;
  Secret<32> scalar_;
  Secret<32> nonce_;
  PublicKey public_key_;
};

[[nodiscard]] Result<PublicKey> derive_soft(const PublicKey& key, const ChainCode& code) noexcept;

/// Refuses unmarked signatures, s ≥ L, keys off the group and the identity key. Variable time.
[[nodiscard]] bool verify(const PublicKey& key, ByteView message, const Signature& signature) noexcept;

}  // namespace substratee::crypto::sr25519
