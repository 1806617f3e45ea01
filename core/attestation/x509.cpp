#include "core/attestation/x509.hpp"

#include "core/attestation/der.hpp"
#include "core/attestation/spki.hpp"
#include "core/attestation/time.hpp"

namespace substratee::attestation::x509 {
namespace {

constexpr std::size_t kMaxSerialSize = 20;
constexpr std::size_t kMaxNameSize = 512;
constexpr std::size_t kMaxExtensions = 16;

std::unexpected<Error> bad() { return std::unexpected(Error::kBadCertificate); }

/// AlgorithmIdentifier of ecdsa-with-SHA256: no parameters (RFC 5758, 3.2).
Result<void> read_algorithm(der::Reader& in) noexcept {
  auto algorithm = SUBSTRATEE_TRY(in.enter(der::kSequence));
  const auto oid = SUBSTRATEE_TRY(algorithm.object_identifier());
  if (!algorithm.empty() || !std::ranges::equal(oid, kOidEcdsaWithSha256)) return bad();
  return {};
}

/// Name = SEQUENCE OF SET { SEQUENCE { type, string } }; returns the whole element.
Result<ByteView> read_name(der::Reader& in) noexcept {
  const auto name = SUBSTRATEE_TRY(in.next(der::kSequence));
  if (name.content.empty() || name.whole.size() > kMaxNameSize) return bad();
  der::Reader rdns(name.content);
  while (!rdns.empty()) {
    auto set = SUBSTRATEE_TRY(rdns.enter(der::kSet));
    auto attribute = SUBSTRATEE_TRY(set.enter(der::kSequence));
    SUBSTRATEE_TRY(attribute.object_identifier());
    SUBSTRATEE_TRY(attribute.next());
    if (!attribute.empty() || !set.empty()) return bad();
  }
  return name.whole;
}

Result<ByteView> read_serial(der::Reader& in) noexcept {
  auto serial = SUBSTRATEE_TRY(in.integer());
  if (serial[0] >= 0x80) return bad();
  const std::size_t magnitude = serial.size() - (serial[0] == 0 ? 1 : 0);
  if (magnitude == 0 || magnitude > kMaxSerialSize) return bad();
  return serial;
}

Result<Extension> read_extension(der::Reader& in) noexcept {
  auto fields = SUBSTRATEE_TRY(in.enter(der::kSequence));
  Extension extension;
  extension.oid = SUBSTRATEE_TRY(fields.object_identifier());
  if (fields.at(der::kBoolean)) {
    extension.critical = SUBSTRATEE_TRY(fields.boolean());
    if (!extension.critical) return bad();  // DER leaves out defaults
  }
  extension.value = SUBSTRATEE_TRY(fields.octet_string());
  SUBSTRATEE_TRY(fields.finish());
  return extension;
}

Result<void> read_basic_constraints(ByteView value, Certificate& out) noexcept {
  der::Reader fields(SUBSTRATEE_TRY(der::only(value, der::kSequence)).content);
  if (fields.at(der::kBoolean)) {
    out.ca = SUBSTRATEE_TRY(fields.boolean());
    if (!out.ca) return bad();
  }
  if (!fields.empty()) {
    if (!out.ca) return bad();
    out.path_length = SUBSTRATEE_TRY(fields.unsigned_integer(255));
  }
  return fields.finish();
}

/// KeyUsage: a named bit list, so neither trailing zero bits nor an empty list (X.690, 11.2.2; RFC 5280, 4.2.1.3).
Result<void> read_key_usage(ByteView value, Certificate& out) noexcept {
  const auto content = SUBSTRATEE_TRY(der::only(value, der::kBitString)).content;
  if (content.size() < 2 || content.size() > 3 || content[0] > 7) return bad();
  const auto last = content.back();
  if ((last & ((1u << content[0]) - 1)) != 0 || (last >> content[0] & 1) == 0) return bad();
  std::uint16_t usage = 0;
  for (std::size_t bit = 0; bit < (content.size() - 1) * 8; ++bit) {
    if ((content[1 + bit / 8] >> (7 - bit % 8) & 1) != 0) usage = static_cast<std::uint16_t>(usage | 1u << bit);
  }
  out.key_usage = usage;
  return {};
}

Result<void> read_known(const Extension& extension, Certificate& out) noexcept {
  if (std::ranges::equal(extension.oid, kOidBasicConstraints)) return read_basic_constraints(extension.value, out);
  if (std::ranges::equal(extension.oid, kOidKeyUsage)) return read_key_usage(extension.value, out);
  if (extension.critical) return std::unexpected(Error::kUnknownCriticalExtension);
  return {};
}

Result<void> read_extensions(der::Reader& tbs, Certificate& out) {
  auto outer = SUBSTRATEE_TRY(tbs.enter(der::context(3, true)));
  auto list = SUBSTRATEE_TRY(outer.enter(der::kSequence));
  SUBSTRATEE_TRY(outer.finish());
  if (list.empty()) return bad();
  while (!list.empty()) {
    const auto extension = SUBSTRATEE_TRY(read_extension(list));
    if (out.extension(extension.oid) != nullptr || out.extensions.size() == kMaxExtensions) return bad();
    SUBSTRATEE_TRY(read_known(extension, out));
    out.extensions.push_back(extension);
  }
  return {};
}

Result<void> read_validity(der::Reader& tbs, Certificate& out) noexcept {
  auto validity = SUBSTRATEE_TRY(tbs.enter(der::kSequence));
  out.not_before = SUBSTRATEE_TRY(read_time(validity));
  out.not_after = SUBSTRATEE_TRY(read_time(validity));
  if (!validity.empty() || out.not_after < out.not_before) return bad();
  return {};
}

Result<void> read_tbs(der::Reader tbs, Certificate& out) {
  auto version = SUBSTRATEE_TRY(tbs.enter(der::context(0, true)));
  if (SUBSTRATEE_TRY(version.unsigned_integer(255)) != 2 || !version.empty()) return bad();
  out.serial = SUBSTRATEE_TRY(read_serial(tbs));
  SUBSTRATEE_TRY(read_algorithm(tbs));
  out.issuer = SUBSTRATEE_TRY(read_name(tbs));
  SUBSTRATEE_TRY(read_validity(tbs, out));
  out.subject = SUBSTRATEE_TRY(read_name(tbs));
  out.spki = SUBSTRATEE_TRY(tbs.next(der::kSequence)).whole;
  out.key = SUBSTRATEE_TRY(p256_key_from_spki(out.spki));
  if (!tbs.at(der::context(3, true))) return bad();  // unique identifiers, or no extensions at all
  SUBSTRATEE_TRY(read_extensions(tbs, out));
  return tbs.finish();
}

bool is_self_issued(const Certificate& certificate) noexcept {
  return std::ranges::equal(certificate.issuer, certificate.subject);
}

/// The place of the only certificate that fits, or nothing.
template <class Fits>
const Certificate* find_only(std::span<const Certificate> certificates, Fits fits) {
  const Certificate* found = nullptr;
  for (const auto& certificate : certificates) {
    if (!fits(certificate)) continue;
    if (found != nullptr) return nullptr;
    found = &certificate;
  }
  return found;
}

const Certificate* find_issued_by(std::span<const Certificate> certificates, const Certificate& issuer) {
  return find_only(certificates, [&](const Certificate& certificate) {
    return !is_self_issued(certificate) && std::ranges::equal(certificate.issuer, issuer.subject);
  });
}

/// `below`: how many CA certificates stand between it and the leaf.
bool may_issue(const Certificate& certificate, std::uint64_t below) noexcept {
  return certificate.ca && certificate.path_length.value_or(below) >= below &&
         (certificate.key_usage.value_or(0) & kKeyCertSign) != 0;
}

bool may_sign_data(const Certificate& certificate) noexcept {
  return !certificate.ca && (certificate.key_usage.value_or(0) & kDigitalSignature) != 0;
}

}  // namespace

const Extension* Certificate::extension(ByteView oid) const noexcept {
  const auto found = std::ranges::find_if(extensions, [&](const auto& e) { return std::ranges::equal(e.oid, oid); });
  return found == extensions.end() ? nullptr : &*found;
}

Result<Certificate> parse(ByteView der) {
  der::Reader fields(SUBSTRATEE_TRY(der::only(der, der::kSequence)).content);
  const auto tbs = SUBSTRATEE_TRY(fields.next(der::kSequence));
  Certificate out;
  out.tbs = tbs.whole;
  SUBSTRATEE_TRY(read_tbs(der::Reader(tbs.content), out));
  SUBSTRATEE_TRY(read_algorithm(fields));
  const auto signature = SUBSTRATEE_TRY(fields.bit_string());
  out.signature = SUBSTRATEE_TRY(der::read_signature(signature));
  SUBSTRATEE_TRY(fields.finish());
  return out;
}

Result<void> verify_signature(const Certificate& certificate, const crypto::p256::PublicKey& key) noexcept {
  if (!crypto::p256::verify(key, certificate.tbs, certificate.signature)) {
    return std::unexpected(Error::kBadCertificateSignature);
  }
  return {};
}

Result<void> verify_validity(const Certificate& certificate, UnixSeconds now) noexcept {
  if (now < certificate.not_before) return std::unexpected(Error::kNotYetValid);
  if (now > certificate.not_after) return std::unexpected(Error::kExpired);
  return {};
}

Result<Chain> order_chain(std::span<const Certificate> certificates) {
  const auto broken = std::unexpected(Error::kBadChain);
  if (certificates.size() != 3) return broken;
  const auto* root = find_only(certificates, is_self_issued);
  if (root == nullptr) return broken;
  const auto* ca = find_issued_by(certificates, *root);
  if (ca == nullptr) return broken;
  const auto* leaf = find_issued_by(certificates, *ca);
  if (leaf == nullptr) return broken;
  if (!may_issue(*root, 1) || !may_issue(*ca, 0) || !may_sign_data(*leaf)) return broken;
  return Chain{*leaf, *ca, *root, hash_of_spki(root->spki),
               std::min({leaf->not_after, ca->not_after, root->not_after})};
}

Result<void> verify_chain(const Chain& chain, std::span<const Hash256> pins, UnixSeconds now) noexcept {
  if (std::ranges::find(pins, chain.root_hash) == pins.end()) return std::unexpected(Error::kUnknownRoot);
  for (const auto* certificate : {&chain.root, &chain.ca, &chain.leaf}) {
    SUBSTRATEE_TRY(verify_validity(*certificate, now));
  }
  SUBSTRATEE_TRY(verify_signature(chain.root, chain.root.key));
  SUBSTRATEE_TRY(verify_signature(chain.ca, chain.root.key));
  return verify_signature(chain.leaf, chain.ca.key);
}

}  // namespace substratee::attestation::x509
