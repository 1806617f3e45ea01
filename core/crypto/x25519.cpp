#include "core/crypto/x25519.hpp"

#include <sodium.h>

namespace substratee::crypto::x25519 {

KeyPair KeyPair::from_secret(std::span<const std::uint8_t, 32> secret) noexcept {
  KeyPair out;
  std::copy(secret.begin(), secret.end(), out.secret_.mutable_view().begin());
  crypto_scalarmult_curve25519_base(out.public_key_.data(), secret.data());
  return out;
}

Result<Secret<32>> KeyPair::agree(const PublicKey& peer) const noexcept {
  Secret<32> shared;
  if (crypto_scalarmult_curve25519(shared.mutable_view().data(), secret_.view().data(), peer.data()) != 0) {
    return std::unexpected(Error::kBadKey);
  }
  return shared;
}

}  // namespace substratee::crypto::x25519
