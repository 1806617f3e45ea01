#include "core/attestation/name.hpp"

#include "core/attestation/der.hpp"
#include "core/base/check.hpp"

namespace substratee::attestation::x509 {
namespace {

constexpr std::array<std::uint8_t, 3> kOidCommonName{0x55, 0x04, 0x03};

Result<std::string_view> read_common_name(ByteView name) noexcept {
  std::string_view found;
  der::Reader rdns(SUBSTRATEE_TRY(der::only(name, der::kSequence)).content);
  while (!rdns.empty()) {
    auto set = SUBSTRATEE_TRY(rdns.enter(der::kSet));
    auto attribute = SUBSTRATEE_TRY(set.enter(der::kSequence));
    if (!std::ranges::equal(SUBSTRATEE_TRY(attribute.object_identifier()), kOidCommonName)) continue;
    const auto value = SUBSTRATEE_TRY(attribute.next());
    if (value.tag != der::kPrintableString && value.tag != der::kUtf8String) return std::string_view{};
    if (!found.empty()) return std::string_view{};
    found = as_text(value.content);
  }
  return found;
}

}  // namespace

std::string_view common_name(ByteView name) noexcept { return read_common_name(name).value_or(std::string_view{}); }

Serial to_serial(ByteView integer) noexcept {
  if (!integer.empty() && integer[0] == 0) integer = integer.subspan(1);
  Serial out;
  SUBSTRATEE_CHECK(integer.size() <= Serial::kSize);
  std::ranges::copy(integer, out.end() - static_cast<std::ptrdiff_t>(integer.size()));
  return out;
}

}  // namespace substratee::attestation::x509
