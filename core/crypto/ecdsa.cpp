#include "core/crypto/ecdsa.hpp"

#include "core/base/check.hpp"
#include "core/crypto/hash.hpp"

#include <secp256k1.h>
#include <secp256k1_recovery.h>

namespace substratee::crypto::ecdsa {
namespace {

/// Made once, never changed or destroyed: libsecp256k1 lets threads share it as long as nobody randomises it.
const secp256k1_context* context() noexcept {
  static const secp256k1_context* const shared = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
  return shared;
}

PublicKey compress(const secp256k1_pubkey& key) noexcept {
  PublicKey out;
  auto size = out.size();
  secp256k1_ec_pubkey_serialize(context(), out.data(), &size, &key, SECP256K1_EC_COMPRESSED);
  return out;
}

}  // namespace

Result<KeyPair> KeyPair::from_seed(std::span<const std::uint8_t, 32> seed) noexcept {
  secp256k1_pubkey key;
  if (secp256k1_ec_pubkey_create(context(), &key, seed.data()) != 1) return std::unexpected(Error::kBadKey);
  KeyPair pair;
  std::ranges::copy(seed, pair.secret_.mutable_view().begin());
  pair.public_key_ = compress(key);
  return pair;
}

Signature KeyPair::sign(ByteView message) const noexcept {
  const auto hash = blake2_256(message);
  secp256k1_ecdsa_recoverable_signature recoverable;
  // The default nonce is RFC 6979; signing fails on a secret out of range only, and from_seed lets none in.
  SUBSTRATEE_CHECK(secp256k1_ecdsa_sign_recoverable(context(), &recoverable, hash.data(), secret_.view().data(),
                                                    nullptr, nullptr) == 1);
  Signature signature;
  int recovery = 0;
  secp256k1_ecdsa_recoverable_signature_serialize_compact(context(), signature.data(), &recovery, &recoverable);
  signature[64] = static_cast<std::uint8_t>(recovery);
  return signature;
}

Result<PublicKey> recover(ByteView message, const Signature& signature) noexcept {
  if (signature[64] > 3) return std::unexpected(Error::kBadSignature);
  secp256k1_ecdsa_recoverable_signature recoverable;
  if (secp256k1_ecdsa_recoverable_signature_parse_compact(context(), &recoverable, signature.data(), signature[64]) !=
      1) {
    return std::unexpected(Error::kBadSignature);
  }
  const auto hash = blake2_256(message);
  secp256k1_pubkey key;
  if (secp256k1_ecdsa_recover(context(), &key, &recoverable, hash.data()) != 1) {
    return std::unexpected(Error::kBadSignature);
  }
  return compress(key);
}

}  // namespace substratee::crypto::ecdsa
