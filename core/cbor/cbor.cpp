#include "core/cbor/cbor.hpp"

#include "core/base/result.hpp"

namespace substratee::cbor {
namespace {

constexpr int kFalse = 20;
constexpr int kTrue = 21;
constexpr int kNull = 22;
/// All ones in a 64-bit float that is infinite or not a number.
constexpr std::uint64_t kExponent = 0x7ff0'0000'0000'0000;

std::unexpected<Error> bad() { return std::unexpected(Error::kBadCbor); }

/// 0 to 3: a value of 1, 2, 4 or 8 bytes behind the first.
int width_of(std::uint64_t value) noexcept {
  return value <= 0xff ? 0 : value <= 0xffff ? 1 : value <= 0xffffffff ? 2 : 3;
}

Bytes write_head(Kind kind, std::uint64_t value) {
  const auto lead = static_cast<std::uint8_t>(static_cast<std::uint8_t>(kind) << 5);
  if (value < 24) return {static_cast<std::uint8_t>(lead | value)};
  const int log = width_of(value);
  Bytes out{static_cast<std::uint8_t>(lead | (24 + log))};
  for (int i = (1 << log) - 1; i >= 0; --i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  return out;
}

}  // namespace

std::string_view to_string(Error error) noexcept {
  switch (error) {
    case Error::kBadCbor: return "the CBOR is not well-formed, of another kind than expected, or too deep";
  }
  return "unknown error";
}

Result<Kind> Reader::kind() const noexcept {
  if (rest_.empty()) return bad();
  return static_cast<Kind>(rest_[0] >> 5);
}

Result<Reader::Head> Reader::head() noexcept {
  if (rest_.empty()) return bad();
  const auto kind = static_cast<Kind>(rest_[0] >> 5);
  const int info = rest_[0] & 0x1f;
  rest_ = rest_.subspan(1);
  if (info > 27) return bad();  // reserved, or indefinite length
  std::uint64_t value = info < 24 ? static_cast<std::uint64_t>(info) : 0;
  const std::uint64_t more = info < 24 ? 0 : std::uint64_t{1} << (info - 24);
  for (const auto octet : SUBSTRATEE_TRY(take(more))) value = value << 8 | octet;
  if (heads_ == Heads::kShortest && !is_shortest(kind, info, value)) return bad();
  return Head{kind, value};
}

bool Reader::is_shortest(Kind kind, int info, std::uint64_t value) const noexcept {
  if (kind == Kind::kSimple && info < 24) return info == kFalse || info == kTrue || info == kNull;
  if (kind == Kind::kSimple) return info == 27 && (value & kExponent) != kExponent;
  return info < 24 || (value >= 24 && info - 24 == width_of(value));
}

Result<std::uint64_t> Reader::head_of(Kind kind) noexcept {
  const auto found = SUBSTRATEE_TRY(head());
  if (found.kind != kind) return bad();
  return found.value;
}

Result<std::uint64_t> Reader::count_of(Kind kind) noexcept {
  const auto count = SUBSTRATEE_TRY(head_of(kind));
  if (count > rest_.size()) return bad();  // each item takes an octet
  return count;
}

Result<ByteView> Reader::take(std::uint64_t size) noexcept {
  if (size > rest_.size()) return bad();
  const auto taken = rest_.first(static_cast<std::size_t>(size));
  rest_ = rest_.subspan(taken.size());
  return taken;
}

Result<std::uint64_t> Reader::unsigned_integer() noexcept { return head_of(Kind::kUnsigned); }

Result<ByteView> Reader::bytes() noexcept { return take(SUBSTRATEE_TRY(head_of(Kind::kBytes))); }

Result<ByteView> Reader::text() noexcept { return take(SUBSTRATEE_TRY(head_of(Kind::kText))); }

Result<std::uint64_t> Reader::array() noexcept { return count_of(Kind::kArray); }

Result<std::uint64_t> Reader::map() noexcept { return count_of(Kind::kMap); }

Result<std::uint64_t> Reader::tag() noexcept { return head_of(Kind::kTag); }

Result<void> Reader::scalar() noexcept {
  const auto found = SUBSTRATEE_TRY(head());
  if (found.kind != Kind::kNegative && found.kind != Kind::kSimple) return bad();
  return {};
}

Result<void> Reader::skip(int depth) noexcept {
  const auto found = SUBSTRATEE_TRY(head());
  if (found.kind == Kind::kBytes || found.kind == Kind::kText) {
    SUBSTRATEE_TRY(take(found.value));
    return {};
  }
  if (found.kind < Kind::kArray || found.kind > Kind::kTag) return {};  // all in the head
  const std::uint64_t count = found.kind == Kind::kTag ? 1 : found.value;
  if (depth == 0 || count > rest_.size()) return bad();  // each item takes an octet
  const std::uint64_t items = found.kind == Kind::kMap ? 2 * count : count;
  for (std::uint64_t i = 0; i < items; ++i) SUBSTRATEE_TRY(skip(depth - 1));
  return {};
}

Result<void> Reader::finish() const noexcept {
  if (!rest_.empty()) return bad();
  return {};
}

Bytes unsigned_integer(std::uint64_t value) { return write_head(Kind::kUnsigned, value); }

Bytes byte_string(ByteView content) { return concat(write_head(Kind::kBytes, content.size()), content); }

Bytes text_string(std::string_view content) {
  return concat(write_head(Kind::kText, content.size()), as_bytes(content));
}

Bytes array_head(std::uint64_t count) { return write_head(Kind::kArray, count); }

Bytes map_head(std::uint64_t pairs) { return write_head(Kind::kMap, pairs); }

Bytes tag_head(std::uint64_t number) { return write_head(Kind::kTag, number); }

}  // namespace substratee::cbor
