#include "core/attestation/cbor.hpp"

namespace substratee::attestation::cbor {
namespace {

/// Major types.
constexpr std::uint8_t kUnsigned = 0;
constexpr std::uint8_t kBytes = 2;
constexpr std::uint8_t kText = 3;
constexpr std::uint8_t kArray = 4;
constexpr std::uint8_t kMap = 5;
constexpr std::uint8_t kTag = 6;

std::unexpected<Error> bad() { return std::unexpected(Error::kBadCbor); }

Bytes write_head(std::uint8_t major, std::uint64_t value) {
  const auto lead = static_cast<std::uint8_t>(major << 5);
  if (value < 24) return {static_cast<std::uint8_t>(lead | value)};
  const int log = value <= 0xff ? 0 : value <= 0xffff ? 1 : value <= 0xffffffff ? 2 : 3;
  Bytes out{static_cast<std::uint8_t>(lead | (24 + log))};
  for (int i = (1 << log) - 1; i >= 0; --i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  return out;
}

}  // namespace

Result<Reader::Head> Reader::head() noexcept {
  if (rest_.empty()) return bad();
  const std::uint8_t major = rest_[0] >> 5;
  const std::uint8_t info = rest_[0] & 0x1f;
  rest_ = rest_.subspan(1);
  if (info < 24) return Head{major, info};
  if (info > 27) return bad();  // reserved, or indefinite length
  std::uint64_t value = 0;
  for (const auto octet : SUBSTRATEE_TRY(take(std::uint64_t{1} << (info - 24)))) value = value << 8 | octet;
  return Head{major, value};
}

Result<std::uint64_t> Reader::head_of(std::uint8_t major) noexcept {
  const auto found = SUBSTRATEE_TRY(head());
  if (found.major != major) return bad();
  return found.value;
}

Result<ByteView> Reader::take(std::uint64_t size) noexcept {
  if (size > rest_.size()) return bad();
  const auto taken = rest_.first(static_cast<std::size_t>(size));
  rest_ = rest_.subspan(taken.size());
  return taken;
}

Result<std::uint64_t> Reader::unsigned_integer() noexcept { return head_of(kUnsigned); }

Result<ByteView> Reader::bytes() noexcept { return take(SUBSTRATEE_TRY(head_of(kBytes))); }

Result<ByteView> Reader::text() noexcept { return take(SUBSTRATEE_TRY(head_of(kText))); }

Result<std::uint64_t> Reader::array() noexcept { return head_of(kArray); }

Result<std::uint64_t> Reader::map() noexcept { return head_of(kMap); }

Result<std::uint64_t> Reader::tag() noexcept { return head_of(kTag); }

Result<void> Reader::skip(int depth) noexcept {
  const auto found = SUBSTRATEE_TRY(head());
  if (found.major == kBytes || found.major == kText) {
    SUBSTRATEE_TRY(take(found.value));
    return {};
  }
  if (found.major < kArray || found.major > kTag) return {};  // a number or simple value: all in the head
  const std::uint64_t count = found.major == kTag ? 1 : found.value;
  if (depth == 0 || count > rest_.size()) return bad();  // each item takes an octet
  const std::uint64_t items = found.major == kMap ? 2 * count : count;
  for (std::uint64_t i = 0; i < items; ++i) SUBSTRATEE_TRY(skip(depth - 1));
  return {};
}

Result<void> Reader::finish() const noexcept {
  if (!rest_.empty()) return bad();
  return {};
}

Bytes unsigned_integer(std::uint64_t value) { return write_head(kUnsigned, value); }

Bytes byte_string(ByteView content) { return concat(write_head(kBytes, content.size()), content); }

Bytes text_string(std::string_view content) { return concat(write_head(kText, content.size()), as_bytes(content)); }

Bytes array_head(std::uint64_t count) { return write_head(kArray, count); }

Bytes map_head(std::uint64_t pairs) { return write_head(kMap, pairs); }

Bytes tag_head(std::uint64_t number) { return write_head(kTag, number); }

}  // namespace substratee::attestation::cbor
