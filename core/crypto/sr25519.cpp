#include "core/crypto/sr25519.hpp"

#include "core/crypto/merlin.hpp"

#include <limits>
#include <ranges>

#include <sodium/crypto_core_ristretto255.h>
#include <sodium/crypto_hash_sha512.h>
#include <sodium/crypto_scalarmult_ristretto255.h>

namespace substratee::crypto::sr25519 {
namespace {

using detail::Transcript;

/// A point of the group, encoded; zero-initialised, which encodes the identity.
using Point = std::array<std::uint8_t, 32>;
using Scalar = Wiped<32>;

/// schnorrkel marks its signatures here, in a bit that no scalar below L uses.
constexpr std::uint8_t kMark = 0x80;

/// L = 2^252 + 27742317777372353535851937790883648493, little-endian.
constexpr std::array<std::uint8_t, 32> kOrder = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
                                                 0xa2, 0xde, 0xf9, 0xde, 0x14, 0,    0,    0,    0,    0,    0,
                                                 0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};

bool is_canonical_scalar(std::span<const std::uint8_t, 32> scalar) noexcept {
  return std::ranges::lexicographical_compare(scalar | std::views::reverse, kOrder | std::views::reverse);
}

bool is_identity(const PublicKey& key) noexcept { return key == PublicKey{}; }

/// A point of the group other than the identity. Under the identity anybody could sign: s = r holds for every r.
bool is_valid_key(const PublicKey& key) noexcept {
  return crypto_core_ristretto255_is_valid_point(key.data()) == 1 && !is_identity(key);
}

/// libsodium reports the identity as a failure; its encoding, 32 zero bytes, is what the group law wants here.
Point times_base(std::span<const std::uint8_t, 32> scalar) noexcept {
  Point out{};
  if (crypto_scalarmult_ristretto255_base(out.data(), scalar.data()) != 0) return Point{};
  return out;
}

/// `point` must be valid; see times_base for the identity.
Point times(std::span<const std::uint8_t, 32> scalar, const PublicKey& point) noexcept {
  Point out{};
  if (crypto_scalarmult_ristretto255(out.data(), scalar.data(), point.data()) != 0) return Point{};
  return out;
}

void challenge_scalar(Transcript& transcript, std::string_view label, Scalar& out) noexcept {
  Wiped<64> wide;
  transcript.challenge(label, wide.bytes);
  crypto_core_ristretto255_scalar_reduce(out.bytes.data(), wide.bytes.data());
}

void witness_scalar(const Transcript& transcript, ByteView nonce, Random& random, Scalar& out) noexcept {
  Wiped<64> wide;
  transcript.witness("signing", {nonce}, random, wide.bytes);
  crypto_core_ristretto255_scalar_reduce(out.bytes.data(), wide.bytes.data());
}

Transcript signing_transcript(ByteView message, const PublicKey& key) noexcept {
  Transcript transcript("SigningContext");
  transcript.append("", as_bytes("substrate"));
  transcript.append("sign-bytes", message);
  transcript.append("proto-name", as_bytes("Schnorr-sig"));
  transcript.append("sign:pk", key.bytes);
  return transcript;
}

Transcript derivation_transcript(const ChainCode& code) noexcept {
  Transcript transcript("SchnorrRistrettoHDKD");
  transcript.append("sign-bytes", {});
  transcript.append("chain-code", code.bytes);
  return transcript;
}

/// What soft derivation adds to the secret scalar. Known to whoever knows the public key and the chain code.
void soft_offset(Transcript& transcript, const PublicKey& key, Scalar& out) noexcept {
  transcript.append("public-key", key.bytes);
  challenge_scalar(transcript, "HDKD-scalar", out);
}

/// The clamped Ed25519 scalar without its cofactor: an integer division by 8, not one modulo L. The result is below L.
void divide_by_cofactor(std::span<const std::uint8_t, 32> in, std::span<std::uint8_t, 32> out) noexcept {
  for (std::size_t i = 0; i < 32; ++i) {
    const unsigned higher = i + 1 < 32 ? in[i + 1] : 0U;
    out[i] = static_cast<std::uint8_t>((in[i] >> 3) | (higher << 5));
  }
}

}  // namespace

KeyPair KeyPair::from_mini_secret(std::span<const std::uint8_t, 32> mini_secret) noexcept {
  Wiped<64> expanded;
  crypto_hash_sha512(expanded.bytes.data(), mini_secret.data(), mini_secret.size());
  expanded.bytes[0] &= 248;
  expanded.bytes[31] &= 63;
  expanded.bytes[31] |= 64;
  const std::span<const std::uint8_t, 64> halves(expanded.bytes);
  KeyPair pair;
  divide_by_cofactor(halves.first<32>(), pair.scalar_.mutable_view());
  std::ranges::copy(halves.last<32>(), pair.nonce_.mutable_view().begin());
  pair.public_key_.bytes = times_base(pair.scalar_.view());
  return pair;
}

KeyPair KeyPair::derive_hard(const ChainCode& code) const noexcept {
  auto transcript = derivation_transcript(code);
  transcript.append("secret-key", scalar_.view());
  Wiped<32> mini_secret;
  transcript.challenge("HDKD-hard", mini_secret.bytes);
  return from_mini_secret(mini_secret.bytes);
}

KeyPair KeyPair::derive_soft(const ChainCode& code, Random& random) const noexcept {
  auto transcript = derivation_transcript(code);
  Scalar offset;
  soft_offset(transcript, public_key_, offset);
  KeyPair pair;
  crypto_core_ristretto255_scalar_add(pair.scalar_.mutable_view().data(), scalar_.view().data(), offset.bytes.data());
  transcript.witness("HDKD-nonce", {nonce_.view(), scalar_.view()}, random, pair.nonce_.mutable_view());
  pair.public_key_.bytes = times_base(pair.scalar_.view());
  return pair;
}

Signature KeyPair::sign(ByteView message, Random& random) const noexcept {
  auto transcript = signing_transcript(message, public_key_);
  Scalar witness;
  witness_scalar(transcript, nonce_.view(), random, witness);
  const Point commitment = times_base(witness.bytes);
  transcript.append("sign:R", commitment);
  Scalar challenge;
  challenge_scalar(transcript, "sign:c", challenge);

  Scalar product;
  crypto_core_ristretto255_scalar_mul(product.bytes.data(), challenge.bytes.data(), scalar_.view().data());
  Signature signature;
  std::ranges::copy(commitment, signature.begin());
  crypto_core_ristretto255_scalar_add(signature.data() + 32, product.bytes.data(), witness.bytes.data());
  signature[63] |= kMark;
  return signature;
}

Result<PublicKey> derive_soft(const PublicKey& key, const ChainCode& code) noexcept {
  if (!is_valid_key(key)) return std::unexpected(Error::kBadKey);
  auto transcript = derivation_transcript(code);
  Scalar offset;
  soft_offset(transcript, key, offset);
  const Point shift = times_base(offset.bytes);
  PublicKey out;
  if (crypto_core_ristretto255_add(out.data(), key.data(), shift.data()) != 0 || is_identity(out)) {
    return std::unexpected(Error::kBadKey);
  }
  return out;
}

bool verify(const PublicKey& key, ByteView message, const Signature& signature) noexcept {
  if (message.size() > std::numeric_limits<std::uint32_t>::max()) return false;
  if ((signature[63] & kMark) == 0) return false;
  const std::span<const std::uint8_t, 64> halves(signature.bytes);
  Point response;
  std::ranges::copy(halves.last<32>(), response.begin());
  response[31] &= static_cast<std::uint8_t>(~kMark);
  if (!is_canonical_scalar(response) || !is_valid_key(key)) return false;

  auto transcript = signing_transcript(message, key);
  transcript.append("sign:R", halves.first<32>());
  Scalar challenge;
  challenge_scalar(transcript, "sign:c", challenge);

  const Point left = times_base(response);
  const Point right = times(challenge.bytes, key);
  Point commitment;
  if (crypto_core_ristretto255_sub(commitment.data(), left.data(), right.data()) != 0) return false;
  // Compared as bytes: an R that is not the canonical encoding of its point never matches.
  return std::ranges::equal(commitment, halves.first<32>());
}

}  // namespace substratee::crypto::sr25519
