#include "core/attestation/spki.hpp"

#include "core/attestation/der.hpp"
#include "core/crypto/rsa.hpp"

namespace substratee::attestation {
namespace {

/// SEQUENCE { SEQUENCE { id-Ed25519 }, BIT STRING of 32 octets }, up to the key.
constexpr std::array<std::uint8_t, 12> kEd25519Prefix{0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                                      0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
/// SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 }, BIT STRING of 04 ‖ x ‖ y }, up to x.
constexpr std::array<std::uint8_t, 27> kP256Prefix{0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                                   0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                                   0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};

/// SEQUENCE { SEQUENCE { id-ecPublicKey, secp384r1 }, BIT STRING of 04 ‖ x ‖ y }, up to x.
constexpr std::array<std::uint8_t, 24> kP384Prefix{0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86,
                                                   0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b,
                                                   0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00, 0x04};
/// AlgorithmIdentifier of rsaEncryption with its NULL.
constexpr std::array<std::uint8_t, 15> kRsaEncryption{0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                                      0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};
constexpr std::uint64_t kRsaExponent = 65'537;

std::unexpected<Error> bad() { return std::unexpected(Error::kBadCertificate); }

/// RSAPublicKey ::= SEQUENCE { modulus, publicExponent }
Result<ByteView> read_rsa_key(ByteView der) noexcept {
  der::Reader fields(SUBSTRATEE_TRY(der::only(der, der::kSequence)).content);
  auto modulus = SUBSTRATEE_TRY(fields.integer());
  const auto exponent = SUBSTRATEE_TRY(fields.unsigned_integer(kRsaExponent));
  SUBSTRATEE_TRY(fields.finish());
  if (modulus[0] != 0 || modulus.size() < 2 || exponent != kRsaExponent) return bad();
  modulus = modulus.subspan(1);
  if (modulus.size() < crypto::rsa::kMinModulusSize || modulus.size() > crypto::rsa::kMaxModulusSize) return bad();
  return modulus;
}

}  // namespace

Bytes to_spki(const crypto::ed25519::PublicKey& key) { return concat(kEd25519Prefix, key.bytes); }

Bytes to_spki(const crypto::p256::PublicKey& key) { return concat(kP256Prefix, key.bytes); }

Result<crypto::p256::PublicKey> p256_key_from_spki(ByteView spki) noexcept {
  if (spki.size() != kP256Prefix.size() + crypto::p256::PublicKey::kSize ||
      !std::ranges::equal(spki.first(kP256Prefix.size()), kP256Prefix)) {
    return std::unexpected(Error::kBadCertificate);
  }
  return *crypto::p256::PublicKey::from(spki.subspan(kP256Prefix.size()));
}

Result<crypto::p384::PublicKey> p384_key_from_spki(ByteView spki) noexcept {
  if (spki.size() != kP384Prefix.size() + crypto::p384::PublicKey::kSize ||
      !std::ranges::equal(spki.first(kP384Prefix.size()), kP384Prefix)) {
    return bad();
  }
  return *crypto::p384::PublicKey::from(spki.subspan(kP384Prefix.size()));
}

Result<ByteView> rsa_modulus_from_spki(ByteView spki) noexcept {
  der::Reader fields(SUBSTRATEE_TRY(der::only(spki, der::kSequence)).content);
  if (!std::ranges::equal(SUBSTRATEE_TRY(fields.next(der::kSequence)).whole, kRsaEncryption)) return bad();
  const auto key = SUBSTRATEE_TRY(fields.bit_string());
  SUBSTRATEE_TRY(fields.finish());
  return read_rsa_key(key);
}

}  // namespace substratee::attestation
