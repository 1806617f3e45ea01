#include "core/attestation/dcap/pck.hpp"

#include "core/attestation/der.hpp"

#include <optional>

namespace substratee::attestation::dcap {
namespace {

constexpr std::uint8_t kPpid = 1;
constexpr std::uint8_t kTcb = 2;
constexpr std::uint8_t kPceId = 3;
constexpr std::uint8_t kFmspc = 4;
constexpr std::uint8_t kSgxType = 5;
constexpr std::uint8_t kPceSvn = 17;
constexpr std::uint8_t kCpuSvn = 18;

std::unexpected<Error> bad() { return std::unexpected(Error::kBadPckExtension); }

/// The last arc of `oid` below `prefix`; 0 when it does not stand directly below it.
std::uint8_t arc_below(ByteView oid, ByteView prefix) noexcept {
  if (oid.size() != prefix.size() + 1 || !std::ranges::equal(oid.first(prefix.size()), prefix)) return 0;
  return oid.back() < 0x80 ? oid.back() : 0;
}

Bytes oid_below(ByteView prefix, std::uint8_t arc) { return concat(prefix, ByteView(&arc, 1)); }

/// Numbers that were seen, to refuse repetition and to know what is missing.
class Seen {
 public:
  [[nodiscard]] bool add(std::uint8_t number) noexcept {
    const std::uint32_t bit = number < 32 ? 1u << number : 0;
    if ((bits_ & bit) != 0) return false;
    bits_ |= bit;
    return true;
  }
  /// All of 1 to `last`.
  [[nodiscard]] bool complete(std::uint8_t last) const noexcept {
    const std::uint32_t wanted = ((1u << last) - 1) << 1;
    return (bits_ & wanted) == wanted;
  }

 private:
  std::uint32_t bits_ = 0;
};

template <std::size_t N>
Result<void> read_fixed(der::Reader& in, FixedBytes<N>& out) noexcept {
  const auto value = FixedBytes<N>::from(SUBSTRATEE_TRY(in.octet_string()));
  if (!value) return bad();
  out = *value;
  return {};
}

/// SEQUENCE OF SEQUENCE { oid, value }; `read_value(arc, reader)` for each arc directly below `prefix`.
template <class ReadValue>
Result<Seen> read_members(der::Reader list, ByteView prefix, ReadValue read_value) {
  Seen seen;
  while (!list.empty()) {
    auto member = SUBSTRATEE_TRY(list.enter(der::kSequence));
    const auto arc = arc_below(SUBSTRATEE_TRY(member.object_identifier()), prefix);
    if (arc == 0) continue;
    if (!seen.add(arc)) return bad();
    SUBSTRATEE_TRY(read_value(arc, member));
  }
  return seen;
}

Result<void> read_tcb_member(std::uint8_t arc, der::Reader& in, PckExtension& out) noexcept {
  if (arc >= 1 && arc <= 16) {
    out.tcb_components[arc - 1u] = static_cast<std::uint8_t>(SUBSTRATEE_TRY(in.unsigned_integer(255)));
  } else if (arc == kPceSvn) {
    out.pce_svn = static_cast<std::uint16_t>(SUBSTRATEE_TRY(in.unsigned_integer(65535)));
  } else if (arc == kCpuSvn) {
    SUBSTRATEE_TRY(read_fixed(in, out.cpu_svn));
  } else {
    return {};
  }
  return in.finish();
}

Result<void> read_tcb(der::Reader& in, PckExtension& out) {
  const auto prefix = oid_below(kOidSgxExtension, kTcb);
  const auto list = SUBSTRATEE_TRY(in.enter(der::kSequence));
  const auto seen = SUBSTRATEE_TRY(read_members(
      list, prefix, [&](std::uint8_t arc, der::Reader& member) { return read_tcb_member(arc, member, out); }));
  if (!seen.complete(kCpuSvn) || !std::ranges::equal(out.tcb_components, out.cpu_svn)) return bad();
  return {};
}

Result<void> read_member(std::uint8_t arc, der::Reader& in, PckExtension& out) {
  switch (arc) {
    case kPpid: SUBSTRATEE_TRY(read_fixed(in, out.ppid)); break;
    case kTcb: SUBSTRATEE_TRY(read_tcb(in, out)); break;
    case kPceId: SUBSTRATEE_TRY(read_fixed(in, out.pce_id)); break;
    case kFmspc: SUBSTRATEE_TRY(read_fixed(in, out.fmspc)); break;
    case kSgxType: out.sgx_type = static_cast<SgxType>(SUBSTRATEE_TRY(in.unsigned_integer(2, der::kEnumerated))); break;
    default: return {};
  }
  return in.finish();
}

Result<PckExtension> read_extension(ByteView value) {
  PckExtension out;
  const der::Reader list(SUBSTRATEE_TRY(der::only(value, der::kSequence)).content);
  const auto seen = SUBSTRATEE_TRY(read_members(
      list, kOidSgxExtension, [&](std::uint8_t arc, der::Reader& member) { return read_member(arc, member, out); }));
  if (!seen.complete(kSgxType)) return bad();
  return out;
}

Bytes write_member(ByteView prefix, std::uint8_t arc, const Bytes& value) {
  return der::sequence(der::object_identifier(oid_below(prefix, arc)), value);
}

Bytes write_tcb(const PckExtension& extension) {
  const auto prefix = oid_below(kOidSgxExtension, kTcb);
  Bytes list;
  for (std::uint8_t i = 0; i < 16; ++i) {
    const auto arc = static_cast<std::uint8_t>(i + 1);
    append(list, write_member(prefix, arc, der::unsigned_integer(std::uint64_t{extension.tcb_components[i]})));
  }
  append(list, write_member(prefix, kPceSvn, der::unsigned_integer(std::uint64_t{extension.pce_svn})));
  append(list, write_member(prefix, kCpuSvn, der::octet_string(extension.cpu_svn.bytes)));
  return der::element(der::kSequence, list);
}

}  // namespace

Result<PckExtension> pck_extension_of(const x509::Certificate& leaf) {
  const auto* extension = leaf.extension(kOidSgxExtension);
  if (extension == nullptr) return bad();
  return SUBSTRATEE_TRY_OR(Error::kBadPckExtension, read_extension(extension->value));
}

Bytes write_pck_extension(const PckExtension& extension) {
  const auto type = static_cast<std::uint8_t>(extension.sgx_type);
  return der::sequence(write_member(kOidSgxExtension, kPpid, der::octet_string(extension.ppid.bytes)),
                       write_member(kOidSgxExtension, kTcb, write_tcb(extension)),
                       write_member(kOidSgxExtension, kPceId, der::octet_string(extension.pce_id.bytes)),
                       write_member(kOidSgxExtension, kFmspc, der::octet_string(extension.fmspc.bytes)),
                       write_member(kOidSgxExtension, kSgxType, der::element(der::kEnumerated, {&type, 1})));
}

}  // namespace substratee::attestation::dcap
