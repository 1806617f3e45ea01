#include "core/finality/dev_seal.hpp"

#include "core/crypto/hash.hpp"

namespace substratee::finality {

namespace {

bool is_dev_seal(const primitives::DigestItem& item) {
  const auto* seal = std::get_if<primitives::DigestSeal>(&item);
  return seal != nullptr && seal->engine == kDevEngine;
}

}  // namespace

Bytes seal_message(const primitives::Header& without_seal) {
  return concat(as_bytes(kSealLabel), crypto::blake2_256(scale::encode(without_seal)));
}

primitives::Header with_seal(primitives::Header without_seal, const crypto::ed25519::Signature& signature) {
  without_seal.digest.emplace_back(primitives::DigestSeal{kDevEngine, to_bytes(signature)});
  return without_seal;
}

std::optional<primitives::Header> strip_seal(const primitives::Header& sealed, FixedBytes<64>& signature) {
  if (sealed.digest.empty() || !is_dev_seal(sealed.digest.back())) return std::nullopt;
  const auto read = FixedBytes<64>::from(std::get<primitives::DigestSeal>(sealed.digest.back()).data);
  if (!read) return std::nullopt;
  auto stripped = sealed;
  stripped.digest.pop_back();
  if (std::ranges::any_of(stripped.digest, is_dev_seal)) return std::nullopt;
  signature = *read;
  return stripped;
}

bool verify_seal(const primitives::Header& sealed, const crypto::ed25519::PublicKey& authority) {
  FixedBytes<64> signature;
  const auto stripped = strip_seal(sealed, signature);
  return stripped && crypto::ed25519::verify(authority, seal_message(*stripped), signature);
}

}  // namespace substratee::finality
