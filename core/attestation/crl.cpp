#include "core/attestation/crl.hpp"

#include "core/attestation/der.hpp"
#include "core/attestation/time.hpp"
#include "core/base/check.hpp"

namespace substratee::attestation::x509 {
namespace {

constexpr std::size_t kMaxExtensions = 16;
constexpr std::uint64_t kVersion2 = 1;
constexpr std::array<std::uint8_t, 3> kOidCrlNumber{0x55, 0x1d, 0x14};

std::unexpected<Error> bad() { return std::unexpected(Error::kBadCrl); }

/// A non-negative INTEGER of at most 20 octets.
Result<Serial> read_number(der::Reader& in) noexcept {
  const auto integer = SUBSTRATEE_TRY(in.integer());
  if (integer[0] >= 0x80 || integer.size() > Serial::kSize + 1) return bad();
  if (integer.size() == Serial::kSize + 1 && integer[0] != 0) return bad();
  return to_serial(integer);
}

/// Name = SEQUENCE OF SET; what is inside is compared with a certificate's, whose form was checked.
Result<ByteView> read_name(der::Reader& in) noexcept {
  const auto name = SUBSTRATEE_TRY(in.next(der::kSequence));
  if (name.content.empty()) return bad();
  return name.whole;
}

/// `on_extension(oid, value)` for each; critical ones and repeated ones are refused.
template <class OnExtension>
Result<void> read_extensions(der::Reader list, OnExtension on_extension) {
  std::array<ByteView, kMaxExtensions> seen;
  std::size_t count = 0;
  if (list.empty()) return bad();
  while (!list.empty()) {
    auto fields = SUBSTRATEE_TRY(list.enter(der::kSequence));
    const auto oid = SUBSTRATEE_TRY(fields.object_identifier());
    if (fields.at(der::kBoolean)) {
      if (!SUBSTRATEE_TRY(fields.boolean())) return bad();  // DER leaves out defaults
      return std::unexpected(Error::kUnknownCriticalExtension);
    }
    const auto value = SUBSTRATEE_TRY(fields.octet_string());
    SUBSTRATEE_TRY(fields.finish());
    const auto known = std::span(seen).first(count);
    if (count == seen.size() ||
        std::ranges::any_of(known, [&](ByteView other) { return std::ranges::equal(other, oid); })) {
      return bad();
    }
    seen[count++] = oid;
    SUBSTRATEE_TRY(on_extension(oid, value));
  }
  return {};
}

Result<Serial> read_entry(der::Reader& entries) {
  auto entry = SUBSTRATEE_TRY(entries.enter(der::kSequence));
  const auto serial = SUBSTRATEE_TRY(read_number(entry));
  if (serial == Serial{}) return bad();
  SUBSTRATEE_TRY(read_time(entry));
  if (!entry.empty()) {
    const auto extensions = SUBSTRATEE_TRY(entry.enter(der::kSequence));
    SUBSTRATEE_TRY(read_extensions(extensions, [](ByteView, ByteView) -> Result<void> { return {}; }));
  }
  SUBSTRATEE_TRY(entry.finish());
  return serial;
}

Result<void> read_entries(der::Reader& tbs, Crl& out) {
  if (!tbs.at(der::kSequence)) return {};
  out.entries = SUBSTRATEE_TRY(tbs.next(der::kSequence)).content;
  if (out.entries.empty()) return bad();  // left out when there are none
  der::Reader entries(out.entries);
  while (!entries.empty()) SUBSTRATEE_TRY(read_entry(entries));
  return {};
}

Result<void> read_list_extensions(der::Reader& tbs, Crl& out) {
  auto outer = SUBSTRATEE_TRY(tbs.enter(der::context(0, true)));
  const auto list = SUBSTRATEE_TRY(outer.enter(der::kSequence));
  SUBSTRATEE_TRY(outer.finish());
  bool numbered = false;
  SUBSTRATEE_TRY(read_extensions(list, [&](ByteView oid, ByteView value) -> Result<void> {
    if (!std::ranges::equal(oid, kOidCrlNumber)) return {};
    der::Reader number(value);
    out.number = SUBSTRATEE_TRY(read_number(number));
    numbered = true;
    return number.finish();
  }));
  if (!numbered) return bad();
  return {};
}

Result<void> read_tbs(der::Reader tbs, Crl& out) {
  if (SUBSTRATEE_TRY(tbs.unsigned_integer(255)) != kVersion2) return bad();
  out.algorithm = SUBSTRATEE_TRY(tbs.next(der::kSequence)).whole;
  out.issuer = SUBSTRATEE_TRY(read_name(tbs));
  out.this_update = SUBSTRATEE_TRY(read_time(tbs));
  out.next_update = SUBSTRATEE_TRY(read_time(tbs));
  if (out.next_update < out.this_update) return bad();
  SUBSTRATEE_TRY(read_entries(tbs, out));
  SUBSTRATEE_TRY(read_list_extensions(tbs, out));
  return tbs.finish();
}

Result<Crl> read_crl(ByteView der) {
  Crl out;
  der::Reader fields(SUBSTRATEE_TRY(der::only(der, der::kSequence)).content);
  const auto tbs = SUBSTRATEE_TRY(fields.next(der::kSequence));
  out.tbs = tbs.whole;
  SUBSTRATEE_TRY(read_tbs(der::Reader(tbs.content), out));
  if (!std::ranges::equal(SUBSTRATEE_TRY(fields.next(der::kSequence)).whole, out.algorithm)) return bad();
  out.signature = SUBSTRATEE_TRY(fields.bit_string());
  SUBSTRATEE_TRY(fields.finish());
  return out;
}

/// AlgorithmIdentifier of ecdsa-with-SHA256: no parameters (RFC 5758, 3.2).
Result<void> check_p256_algorithm(ByteView algorithm) noexcept {
  der::Reader fields(SUBSTRATEE_TRY(der::only(algorithm, der::kSequence)).content);
  const auto oid = SUBSTRATEE_TRY(fields.object_identifier());
  if (!fields.empty() || !std::ranges::equal(oid, kOidEcdsaWithSha256)) return bad();
  return {};
}

}  // namespace

Result<Crl> parse_crl(ByteView der) {
  auto crl = read_crl(der);
  if (!crl && crl.error() != Error::kUnknownCriticalExtension) return bad();
  return crl;
}

Result<void> verify_signature(const Crl& crl, const crypto::p256::PublicKey& key) noexcept {
  SUBSTRATEE_TRY_OR(Error::kBadCrl, check_p256_algorithm(crl.algorithm));
  const auto signature = SUBSTRATEE_TRY_OR(Error::kBadCrl, der::read_signature(crl.signature));
  if (!crypto::p256::verify(key, crl.tbs, signature)) return std::unexpected(Error::kBadCrlSignature);
  return {};
}

std::vector<Serial> serials_of(const Crl& crl) {
  std::vector<Serial> out;
  der::Reader entries(crl.entries);
  while (!entries.empty()) {
    const auto serial = read_entry(entries);
    SUBSTRATEE_CHECK(serial.has_value());
    out.push_back(*serial);
  }
  std::ranges::sort(out);
  return out;
}

}  // namespace substratee::attestation::x509
