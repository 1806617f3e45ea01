#include "core/scale/coder.hpp"

namespace substratee::scale {

std::string_view to_string(Error error) noexcept {
  switch (error) {
    case Error::kTruncated: return "the input ends inside a value";
    case Error::kTrailingBytes: return "bytes remain behind the value";
    case Error::kNonCanonicalCompact: return "a compact integer is not in its shortest form";
    case Error::kOutOfRange: return "a compact integer is too large for its type";
    case Error::kInvalidBool: return "a bool is neither 0 nor 1";
    case Error::kInvalidOption: return "an option is neither 0 nor 1";
    case Error::kUnknownVariant: return "an unknown variant index";
    case Error::kTooLong: return "a sequence is longer than its bound";
    case Error::kInvalidUtf8: return "text is not UTF-8";
  }
  return "unknown error";
}

void Encoder::little_endian(u128 value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i, value >>= 8) byte(static_cast<std::uint8_t>(value));
}

void Encoder::compact(u128 value) {
  if (value < (u128{1} << 6)) {
    byte(static_cast<std::uint8_t>(value << 2));
  } else if (value < (u128{1} << 14)) {
    little_endian(value << 2 | 1, 2);
  } else if (value < (u128{1} << 30)) {
    little_endian(value << 2 | 2, 4);
  } else {
    std::size_t size = 4;
    while (size < 16 && (value >> (8 * size)) != 0) ++size;
    byte(static_cast<std::uint8_t>((size - 4) << 2 | 3));
    little_endian(value, size);
  }
}

Result<std::uint8_t> Decoder::byte() noexcept {
  if (rest_.empty()) return std::unexpected(Error::kTruncated);
  const auto value = rest_.front();
  rest_ = rest_.subspan(1);
  return value;
}

Result<ByteView> Decoder::raw(std::size_t size) noexcept {
  if (rest_.size() < size) return std::unexpected(Error::kTruncated);
  const auto view = rest_.first(size);
  rest_ = rest_.subspan(size);
  return view;
}

Result<u128> Decoder::little_endian(std::size_t size) noexcept {
  const auto view = SUBSTRATEE_TRY(raw(size));
  u128 value = 0;
  for (std::size_t i = size; i-- > 0;) value = value << 8 | view[i];
  return value;
}

Result<u128> Decoder::compact(u128 limit) noexcept {
  if (rest_.empty()) return std::unexpected(Error::kTruncated);
  const std::uint8_t first = rest_.front();
  if ((first & 3) == 0 && (first >> 2) <= limit) {  // most are: spared the wide arithmetic
    rest_ = rest_.subspan(1);
    return first >> 2;
  }
  u128 value = 0;
  u128 smallest = 0;
  switch (first & 3) {
    case 0: value = SUBSTRATEE_TRY(little_endian(1)) >> 2; break;
    case 1:
      value = SUBSTRATEE_TRY(little_endian(2)) >> 2;
      smallest = u128{1} << 6;
      break;
    case 2:
      value = SUBSTRATEE_TRY(little_endian(4)) >> 2;
      smallest = u128{1} << 14;
      break;
    default: {
      const std::size_t size = (first >> 2) + std::size_t{4};
      if (size > 16) return std::unexpected(Error::kOutOfRange);
      rest_ = rest_.subspan(1);
      value = SUBSTRATEE_TRY(little_endian(size));
      smallest = size == 4 ? u128{1} << 30 : u128{1} << (8 * (size - 1));
    }
  }
  if (value < smallest) return std::unexpected(Error::kNonCanonicalCompact);
  if (value > limit) return std::unexpected(Error::kOutOfRange);
  return value;
}

namespace {

/// The size of the sequence that `lead` starts, and the smallest code point that may take that many bytes.
struct Utf8Form {
  std::size_t size;
  std::uint32_t bits;
  std::uint32_t smallest;
};

std::optional<Utf8Form> utf8_form(std::uint8_t lead) noexcept {
  if (lead < 0x80) return Utf8Form{1, lead, 0};
  if ((lead & 0xe0) == 0xc0) return Utf8Form{2, lead & 0x1fu, 0x80};
  if ((lead & 0xf0) == 0xe0) return Utf8Form{3, lead & 0x0fu, 0x800};
  if ((lead & 0xf8) == 0xf0) return Utf8Form{4, lead & 0x07u, 0x10000};
  return std::nullopt;
}

}  // namespace

bool is_utf8(ByteView text) noexcept {
  while (!text.empty()) {
    const auto form = utf8_form(text.front());
    if (!form || text.size() < form->size) return false;
    std::uint32_t point = form->bits;
    for (const auto byte : text.subspan(1, form->size - 1)) {
      if ((byte & 0xc0) != 0x80) return false;
      point = point << 6 | (byte & 0x3fu);
    }
    const bool surrogate = point >= 0xd800 && point <= 0xdfff;
    if (point < form->smallest || point > 0x10ffff || surrogate) return false;
    text = text.subspan(form->size);
  }
  return true;
}

}  // namespace substratee::scale
