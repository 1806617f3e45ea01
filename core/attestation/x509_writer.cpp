#include "core/attestation/x509_writer.hpp"

#include "core/attestation/der.hpp"
#include "core/attestation/spki.hpp"
#include "core/attestation/time.hpp"
#include "core/attestation/x509.hpp"

namespace substratee::attestation::x509 {
namespace {

constexpr std::array<std::uint8_t, 3> kOidCommonName{0x55, 0x04, 0x03};
constexpr std::array<std::uint8_t, 3> kOidOrganization{0x55, 0x04, 0x0a};
constexpr std::array<std::uint8_t, 3> kOidSubjectKeyIdentifier{0x55, 0x1d, 0x0e};
constexpr std::array<std::uint8_t, 3> kOidAuthorityKeyIdentifier{0x55, 0x1d, 0x23};
constexpr std::array<std::uint8_t, 3> kOidCrlNumber{0x55, 0x1d, 0x14};

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

Hash256 serial_hash(const CertificateToWrite& certificate) {
  auto hash = crypto::sha256(concat(certificate.subject, certificate.issuer, key_identifier(certificate.key)));
  hash[0] = static_cast<std::uint8_t>((hash[0] & 0x3f) | 0x40);  // positive, and always 16 octets
  return hash;
}

/// What both documents end with.
Bytes write_signed(const Bytes& tbs, const crypto::p256::KeyPair& signer) {
  return der::sequence(tbs, algorithm(), der::bit_string(der::write_signature(signer.sign(tbs))));
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
  const auto validity = der::sequence(write_time(certificate.not_before), write_time(certificate.not_after));
  const auto serial = der::unsigned_integer(ByteView(serial_hash(certificate).bytes).first(16));
  return der::sequence(version, serial, algorithm(), certificate.issuer, validity, certificate.subject,
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
  return write_signed(write_tbs(certificate), signer);
}

Serial serial_of(const CertificateToWrite& certificate) {
  return to_serial(ByteView(serial_hash(certificate).bytes).first(16));
}

Bytes write_crl(const CrlToWrite& crl, const crypto::p256::KeyPair& signer) {
  Bytes entries;
  for (const auto& serial : crl.serials) {
    append(entries, der::sequence(der::unsigned_integer(serial.bytes), write_time(crl.this_update)));
  }
  const auto number =
      der::sequence(der::object_identifier(kOidCrlNumber), der::octet_string(der::unsigned_integer(crl.number)));
  const auto key_extension = make_authority_key_identifier(signer.public_key());
  const auto key = der::sequence(der::object_identifier(key_extension.oid), der::octet_string(key_extension.value));
  const auto tbs =
      der::sequence(der::unsigned_integer(1), algorithm(), crl.issuer, write_time(crl.this_update),
                    write_time(crl.next_update), entries.empty() ? Bytes{} : der::element(der::kSequence, entries),
                    der::element(der::context(0, true), der::sequence(number, key)));
  return write_signed(tbs, signer);
}

}  // namespace substratee::attestation::x509
