#include "core/primitives/signature.hpp"

#include "core/crypto/hash.hpp"

namespace substratee::primitives {

bool verify(const AccountId& account, ByteView message, const MultiSignature& signature) noexcept {
  if (const auto* ed25519 = std::get_if<Ed25519Signature>(&signature)) {
    return crypto::ed25519::verify(account, message, ed25519->bytes);
  }
  if (const auto* sr25519 = std::get_if<Sr25519Signature>(&signature)) {
    return crypto::sr25519::verify(account, message, sr25519->bytes);
  }
  const auto* ecdsa = std::get_if<EcdsaSignature>(&signature);
  if (ecdsa == nullptr) return false;
  const auto signer = crypto::ecdsa::recover(message, ecdsa->bytes);
  return signer && crypto::blake2_256(signer->bytes) == account;
}

bool verify_raw_or_wrapped(const AccountId& account, ByteView message, const MultiSignature& signature) {
  if (verify(account, message, signature)) return true;
  return verify(account, concat(as_bytes("<Bytes>"), message, as_bytes("</Bytes>")), signature);
}

}  // namespace substratee::primitives
