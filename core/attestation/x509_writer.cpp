#include "core/attestation/x509_writer.hpp"

#include "core/attestation/der.hpp"
#include "core/attestation/spki.hpp"
#include "core/attestation/x509.hpp"

namespace substratee::attestation::x509 {
namespace {

constexpr std::array<std::uint8_t, 3> kOidCommonName{0x55, 0x04, 0x03};
constexpr std::array<std::uint8_t, 3> kOidOrganization{0x55, 0x04, 0x0a};
constexpr std::array<std::uint8_t, 3> kOidSubjectKeyIdentifier{0x55, 0x1d, 0x0e};
constexpr std::array<std::uint8_t, 3> kOidAuthorityKeyIdentifier{0x55, 0x1d, 0x23};
constexpr std::string_view kNotBefore = "200101000000Z";
constexpr std::string_view kNotAfter = "491231235959Z";

Bytes attribute(ByteView oid, std::string_view text) {
  return der::element(der::kSet,
                      der::sequence(der::object_identifier(oid), der::element(der::kUtf8String, as_bytes(text))));
}

Bytes algorithm() { return der::sequence(der::object_identifier(kOidEcdsaWithSha256)); }

Bytes key_identifier(const crypto::p256::PublicKey& key) {
  const std::uint8_t uncompressed = 0x04;
  const auto hash = crypto::sha256(concat(ByteView(&uncompressed, 1), key.bytes));
  return to_bytes(ByteView(hash.bytes).first(20));
}

Bytes serial_for(const CertificateToWrite& certificate) {
  auto hash = crypto::sha256(concat(certificate.subject, certificate.issuer, key_identifier(certificate.key)));
  hash[0] = static_cast<std::uint8_t>((hash[0] & 0x3f) | 0x40);  // positive, and always 16 octets
  return der::unsigned_integer(ByteView(hash.bytes).first(16));
}

Bytes write_extensions(const std::vector<ExtensionToWrite>& extensions) {
  Bytes list;
  for (const auto& extension : extensions) {
    const auto critical = extension.critical ? der::boolean(true) : Bytes{};
    append(list, der::sequence(der::object_identifier(extension.oid), critical, der::octet_string(extension.value)));
  }
  return der::element(der::context(3, true), der::element(der::kSequence, list));
}

Bytes write_tbs(const CertificateToWrite& certificate) {
  const auto version = der::element(der::context(0, true), der::unsigned_integer(2));
  const auto validity = der::sequence(der::element(der::kUtcTime, as_bytes(kNotBefore)),
                                      der::element(der::kUtcTime, as_bytes(kNotAfter)));
  return der::sequence(version, serial_for(certificate), algorithm(), certificate.issuer, validity, certificate.subject,
                       to_spki(certificate.key), write_extensions(certificate.extensions));
}

}  // namespace

Bytes make_name(std::string_view common_name, std::string_view organization) {
  return der::sequence(attribute(kOidCommonName, common_name), attribute(kOidOrganization, organization));
}

ExtensionToWrite make_basic_constraints(bool ca, std::optional<std::uint8_t> path_length) {
  const auto flag = ca ? der::boolean(true) : Bytes{};
  const auto length = path_length ? der::unsigned_integer(*path_length) : Bytes{};
  return {to_bytes(kOidBasicConstraints), true, der::sequence(flag, length)};
}

ExtensionToWrite make_key_usage(bool ca) {
  // Named bits: keyCertSign (5) and cRLSign (6) leave one unused bit, digitalSignature (0) leaves seven.
  const auto bits = ca ? Bytes{0x01, 0x06} : Bytes{0x07, 0x80};
  return {to_bytes(kOidKeyUsage), true, der::element(der::kBitString, bits)};
}

ExtensionToWrite make_subject_key_identifier(const crypto::p256::PublicKey& key) {
  return {to_bytes(kOidSubjectKeyIdentifier), false, der::octet_string(key_identifier(key))};
}

ExtensionToWrite make_authority_key_identifier(const crypto::p256::PublicKey& key) {
  const auto identifier = der::element(der::context(0, false), key_identifier(key));
  return {to_bytes(kOidAuthorityKeyIdentifier), false, der::sequence(identifier)};
}

Bytes write(const CertificateToWrite& certificate, const crypto::p256::KeyPair& signer) {
  const auto tbs = write_tbs(certificate);
  return der::sequence(tbs, algorithm(), der::bit_string(der::write_signature(signer.sign(tbs))));
}

}  // namespace substratee::attestation::x509
