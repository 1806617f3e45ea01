#include "core/ipld/multibase.hpp"

#include "core/base/check.hpp"

#include <array>

namespace substratee::ipld {
namespace {

struct Base {
  char prefix;
  std::uint32_t bits;  ///< per digit; 0: the bytes are one big number
  std::string_view alphabet;
};

constexpr std::array<Base, 6> kBases{{
    {'b', 5, "abcdefghijklmnopqrstuvwxyz234567"},
    {'B', 5, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"},
    {'z', 0, "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"},
    {'k', 0, "0123456789abcdefghijklmnopqrstuvwxyz"},
    {'f', 4, "0123456789abcdef"},
    {'u', 6, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"},
}};
constexpr std::string_view kBase58 = kBases[2].alphabet;

const Base* find_base(char prefix) {
  for (const auto& base : kBases) {
    if (base.prefix == prefix) return &base;
  }
  return nullptr;
}

std::string to_bit_groups(const Base& base, ByteView bytes) {
  std::string out;
  std::uint32_t buffer = 0;
  std::uint32_t held = 0;
  const std::uint32_t mask = (1U << base.bits) - 1;
  for (const auto byte : bytes) {
    buffer = (buffer << 8) | byte;
    for (held += 8; held >= base.bits;) {
      held -= base.bits;
      out += base.alphabet[(buffer >> held) & mask];
    }
    buffer &= (1U << held) - 1;
  }
  if (held > 0) out += base.alphabet[(buffer << (base.bits - held)) & mask];
  return out;
}

Result<Bytes> from_bit_groups(const Base& base, std::string_view digits) {
  Bytes out;
  std::uint32_t buffer = 0;
  std::uint32_t held = 0;
  for (const char character : digits) {
    const auto digit = base.alphabet.find(character);
    if (digit == std::string_view::npos) return std::unexpected(Error::kBadText);
    buffer = (buffer << base.bits) | static_cast<std::uint32_t>(digit);
    held += base.bits;
    if (held < 8) continue;
    held -= 8;
    out.push_back(static_cast<std::uint8_t>(buffer >> held));
    buffer &= (1U << held) - 1;
  }
  if (held >= base.bits || buffer != 0) return std::unexpected(Error::kBadText);
  return out;
}

std::string to_digits(std::string_view alphabet, ByteView bytes) {
  const auto radix = static_cast<std::uint32_t>(alphabet.size());
  std::vector<std::uint8_t> digits;  // lowest first
  std::size_t zeros = 0;
  while (zeros < bytes.size() && bytes[zeros] == 0) ++zeros;
  for (const auto byte : bytes.subspan(zeros)) {
    std::uint32_t carry = byte;
    for (auto& digit : digits) {
      carry += static_cast<std::uint32_t>(digit) << 8;
      digit = static_cast<std::uint8_t>(carry % radix);
      carry /= radix;
    }
    for (; carry > 0; carry /= radix) digits.push_back(static_cast<std::uint8_t>(carry % radix));
  }
  std::string out(zeros, alphabet[0]);
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) out += alphabet[*digit];
  return out;
}

Result<Bytes> from_digits(std::string_view alphabet, std::string_view digits) {
  if (digits.size() > kMaxMultibaseText) return std::unexpected(Error::kBadText);
  const auto radix = static_cast<std::uint32_t>(alphabet.size());
  Bytes number;  // lowest byte first
  std::size_t zeros = 0;
  while (zeros < digits.size() && digits[zeros] == alphabet[0]) ++zeros;
  for (const char character : digits.substr(zeros)) {
    const auto digit = alphabet.find(character);
    if (digit == std::string_view::npos) return std::unexpected(Error::kBadText);
    auto carry = static_cast<std::uint32_t>(digit);
    for (auto& byte : number) {
      carry += byte * radix;
      byte = static_cast<std::uint8_t>(carry);
      carry >>= 8;
    }
    for (; carry > 0; carry >>= 8) number.push_back(static_cast<std::uint8_t>(carry));
  }
  Bytes out(zeros, 0);
  out.insert(out.end(), number.rbegin(), number.rend());
  return out;
}

}  // namespace

std::string to_multibase(char prefix, ByteView bytes) {
  const auto* base = find_base(prefix);
  SUBSTRATEE_CHECK(base != nullptr);
  return prefix + (base->bits == 0 ? to_digits(base->alphabet, bytes) : to_bit_groups(*base, bytes));
}

Result<Bytes> from_multibase(std::string_view text) {
  if (text.empty() || text.size() > kMaxMultibaseText) return std::unexpected(Error::kBadText);
  const auto* base = find_base(text[0]);
  if (base == nullptr) return std::unexpected(Error::kUnsupportedBase);
  const auto digits = text.substr(1);
  return base->bits == 0 ? from_digits(base->alphabet, digits) : from_bit_groups(*base, digits);
}

std::string to_base58(ByteView bytes) { return to_digits(kBase58, bytes); }

Result<Bytes> from_base58(std::string_view digits) { return from_digits(kBase58, digits); }

}  // namespace substratee::ipld
