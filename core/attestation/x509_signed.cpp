#include "core/attestation/x509_signed.hpp"

#include "core/attestation/der.hpp"
#include "core/attestation/spki.hpp"
#include "core/crypto/rsa.hpp"

namespace substratee::attestation::x509 {
namespace {

constexpr std::size_t kAmdModulusSize = 512;

// RSASSA-PSS-params (RFC 4055): hash [0], mask [1], salt length [2]; trailer [3], whose default AMD writes nonetheless.
constexpr std::array<std::uint8_t, 67> kPss{
    0x30, 0x41, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a, 0x30, 0x34, 0xa0, 0x0f,
    0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00, 0xa1, 0x1c,
    0x30, 0x1a, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08, 0x30, 0x0d, 0x06, 0x09,
    0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00, 0xa2, 0x03, 0x02, 0x01, 0x30};
constexpr std::array<std::uint8_t, 72> kPssWithTrailer{
    0x30, 0x46, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a, 0x30, 0x39, 0xa0, 0x0f, 0x30,
    0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00, 0xa1, 0x1c, 0x30, 0x1a,
    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48,
    0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00, 0xa2, 0x03, 0x02, 0x01, 0x30, 0xa3, 0x03, 0x02, 0x01, 0x01};
/// sha256WithRSAEncryption, NULL.
constexpr std::array<std::uint8_t, 15> kPkcs1{0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                              0xf7, 0x0d, 0x01, 0x01, 0x0b, 0x05, 0x00};
/// ecdsa-with-SHA256 and -SHA384.
constexpr std::array<std::uint8_t, 12> kEcdsa256{0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86,
                                                 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02};
constexpr std::array<std::uint8_t, 14> kEcdsa256Null{0x30, 0x0c, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                                     0xce, 0x3d, 0x04, 0x03, 0x02, 0x05, 0x00};
constexpr std::array<std::uint8_t, 12> kEcdsa384{0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86,
                                                 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03};

template <class... Known>
bool is_one_of(ByteView algorithm, const Known&... known) {
  return (std::ranges::equal(algorithm, known) || ...);
}

Result<void> require(bool holds) noexcept {
  if (!holds) return std::unexpected(Error::kBadCertificateSignature);
  return {};
}

Result<void> verify_ecdsa256(const Signed& part, ByteView spki) noexcept {
  if (const auto key = p256_key_from_spki(spki)) {
    return require(crypto::p256::verify(*key, part.message, SUBSTRATEE_TRY(der::read_signature(part.signature))));
  }
  const auto key = SUBSTRATEE_TRY(p384_key_from_spki(spki));
  const auto signature = SUBSTRATEE_TRY(der::read_p384_signature(part.signature));
  return require(crypto::p384::verify_sha256(key, part.message, signature));
}

Result<void> verify_ecdsa384(const Signed& part, ByteView spki) noexcept {
  const auto key = SUBSTRATEE_TRY(p384_key_from_spki(spki));
  const auto signature = SUBSTRATEE_TRY(der::read_p384_signature(part.signature));
  return require(crypto::p384::verify(key, part.message, signature));
}

}  // namespace

Result<void> verify_pss(const Signed& part, ByteView issuer_spki) noexcept {
  if (!is_one_of(part.algorithm, kPss, kPssWithTrailer)) return std::unexpected(Error::kBadCertificate);
  const auto modulus = SUBSTRATEE_TRY(rsa_modulus_from_spki(issuer_spki));
  if (modulus.size() != kAmdModulusSize) return std::unexpected(Error::kBadCertificate);
  return require(crypto::rsa::verify_pss_sha384(modulus, part.message, part.signature));
}

Result<void> verify_pkcs1(const Signed& part, ByteView issuer_spki) noexcept {
  if (!is_one_of(part.algorithm, kPkcs1)) return std::unexpected(Error::kBadCertificate);
  const auto modulus = SUBSTRATEE_TRY(rsa_modulus_from_spki(issuer_spki));
  return require(crypto::rsa::verify_pkcs1_sha256(modulus, part.message, part.signature));
}

Result<void> verify_any(const Signed& part, ByteView issuer_spki) noexcept {
  if (is_one_of(part.algorithm, kEcdsa256, kEcdsa256Null)) return verify_ecdsa256(part, issuer_spki);
  if (is_one_of(part.algorithm, kEcdsa384)) return verify_ecdsa384(part, issuer_spki);
  return verify_pkcs1(part, issuer_spki);
}

}  // namespace substratee::attestation::x509
