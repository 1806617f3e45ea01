#include "core/crypto/ed25519.hpp"

#include <sodium.h>

namespace substratee::crypto::ed25519 {

KeyPair KeyPair::from_seed(std::span<const std::uint8_t, 32> seed) noexcept {
  KeyPair out;
  crypto_sign_seed_keypair(out.public_key_.data(), out.secret_.mutable_view().data(), seed.data());
  return out;
}

Signature KeyPair::sign(ByteView message) const noexcept {
  Signature out;
  crypto_sign_detached(out.data(), nullptr, message.data(), message.size(), secret_.view().data());
  return out;
}

bool verify(const PublicKey& key, ByteView message, const Signature& signature) noexcept {
  return crypto_sign_verify_detached(signature.data(), message.data(), message.size(), key.data()) == 0;
}

}  // namespace substratee::crypto::ed25519
