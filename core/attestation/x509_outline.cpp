#include "core/attestation/x509_outline.hpp"

#include "core/attestation/der.hpp"
#include "core/attestation/time.hpp"

namespace substratee::attestation::x509 {
namespace {

constexpr std::size_t kMaxSerialSize = 20;
constexpr std::size_t kMaxNameSize = 512;
constexpr std::size_t kMaxExtensions = 16;

std::unexpected<Error> bad() { return std::unexpected(Error::kBadCertificate); }

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

Result<ByteView> read_serial(der::Reader& in, const Form& form) noexcept {
  auto serial = SUBSTRATEE_TRY(in.integer());
  if (serial[0] >= 0x80) return bad();
  const std::size_t magnitude = serial.size() - (serial[0] == 0 ? 1 : 0);
  if ((magnitude == 0 && !form.zero_serial) || magnitude > kMaxSerialSize) return bad();
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

Result<void> read_basic_constraints(ByteView value, Outline& out) noexcept {
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
Result<void> read_key_usage(ByteView value, const Form& form, Outline& out) noexcept {
  const auto content = SUBSTRATEE_TRY(der::only(value, der::kBitString)).content;
  if (content.size() < 2 || content.size() > 3 || content[0] > 7) return bad();
  const auto last = content.back();
  const bool is_shortest = (last >> content[0] & 1) != 0;
  if ((last & ((1u << content[0]) - 1)) != 0 || (!is_shortest && !form.loose_usage)) return bad();
  std::uint16_t usage = 0;
  for (std::size_t bit = 0; bit < (content.size() - 1) * 8; ++bit) {
    if ((content[1 + bit / 8] >> (7 - bit % 8) & 1) != 0) usage = static_cast<std::uint16_t>(usage | 1u << bit);
  }
  out.key_usage = usage;
  return {};
}

Result<void> read_known(const Extension& extension, const Form& form, Outline& out) noexcept {
  if (std::ranges::equal(extension.oid, kOidBasicConstraints)) return read_basic_constraints(extension.value, out);
  if (std::ranges::equal(extension.oid, kOidKeyUsage)) return read_key_usage(extension.value, form, out);
  if (extension.critical) return std::unexpected(Error::kUnknownCriticalExtension);
  return {};
}

Result<void> read_extensions(der::Reader& tbs, const Form& form, Outline& out) {
  auto outer = SUBSTRATEE_TRY(tbs.enter(der::context(3, true)));
  auto list = SUBSTRATEE_TRY(outer.enter(der::kSequence));
  SUBSTRATEE_TRY(outer.finish());
  if (list.empty()) return bad();
  while (!list.empty()) {
    const auto extension = SUBSTRATEE_TRY(read_extension(list));
    if (out.extension(extension.oid) != nullptr || out.extensions.size() == kMaxExtensions) return bad();
    SUBSTRATEE_TRY(read_known(extension, form, out));
    out.extensions.push_back(extension);
  }
  return {};
}

Result<void> read_validity(der::Reader& tbs, const Form& form, Outline& out) noexcept {
  auto validity = SUBSTRATEE_TRY(tbs.enter(der::kSequence));
  const auto read = form.loose_times ? read_loose_time : read_time;
  out.not_before = SUBSTRATEE_TRY(read(validity));
  out.not_after = SUBSTRATEE_TRY(read(validity));
  if (!validity.empty() || out.not_after < out.not_before) return bad();
  return {};
}

Result<void> read_tbs(der::Reader tbs, const Form& form, Outline& out) {
  auto version = SUBSTRATEE_TRY(tbs.enter(der::context(0, true)));
  if (SUBSTRATEE_TRY(version.unsigned_integer(255)) != 2 || !version.empty()) return bad();
  out.serial = SUBSTRATEE_TRY(read_serial(tbs, form));
  out.algorithm = SUBSTRATEE_TRY(tbs.next(der::kSequence)).whole;
  out.issuer = SUBSTRATEE_TRY(read_name(tbs));
  SUBSTRATEE_TRY(read_validity(tbs, form, out));
  out.subject = SUBSTRATEE_TRY(read_name(tbs));
  out.spki = SUBSTRATEE_TRY(tbs.next(der::kSequence)).whole;
  if (!tbs.at(der::context(3, true))) return bad();  // unique identifiers, or no extensions at all
  SUBSTRATEE_TRY(read_extensions(tbs, form, out));
  return tbs.finish();
}

}  // namespace

const Extension* Outline::extension(ByteView oid) const noexcept {
  const auto found = std::ranges::find_if(extensions, [&](const auto& e) { return std::ranges::equal(e.oid, oid); });
  return found == extensions.end() ? nullptr : &*found;
}

bool Outline::may_issue(std::uint64_t below) const noexcept {
  return ca && path_length.value_or(below) >= below && (key_usage.value_or(0) & kKeyCertSign) != 0;
}

Result<Outline> parse_outline(ByteView der, const Form& form) {
  der::Reader fields(SUBSTRATEE_TRY(der::only(der, der::kSequence)).content);
  const auto tbs = SUBSTRATEE_TRY(fields.next(der::kSequence));
  Outline out;
  out.tbs = tbs.whole;
  SUBSTRATEE_TRY(read_tbs(der::Reader(tbs.content), form, out));
  if (!std::ranges::equal(SUBSTRATEE_TRY(fields.next(der::kSequence)).whole, out.algorithm)) return bad();
  out.signature_octets = SUBSTRATEE_TRY(fields.bit_string());
  SUBSTRATEE_TRY(fields.finish());
  return out;
}

Result<void> verify_validity(const Outline& certificate, UnixSeconds now) noexcept {
  if (now < certificate.not_before) return std::unexpected(Error::kNotYetValid);
  if (now > certificate.not_after) return std::unexpected(Error::kExpired);
  return {};
}

}  // namespace substratee::attestation::x509
