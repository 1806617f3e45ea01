#include "core/primitives/ss58.hpp"

#include "core/base/check.hpp"
#include "core/crypto/hash.hpp"

namespace substratee::primitives {
namespace {

constexpr std::string_view kAlphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
constexpr std::size_t kChecksumSize = 2;
constexpr std::uint16_t kPrefixLimit = 16384;
constexpr std::uint8_t kFirstOfTwo = 64;  ///< a first byte from here to 127 starts a prefix of two bytes
constexpr std::size_t kLongestText = 50;  ///< 36 bytes in base 58

/// One step of a change of base: digits = digits · factor + carry, least significant digit first.
void multiply_add(std::vector<std::uint8_t>& digits, unsigned base, unsigned factor, unsigned carry) {
  for (auto& digit : digits) {
    carry += digit * factor;
    digit = static_cast<std::uint8_t>(carry % base);
    carry /= base;
  }
  for (; carry != 0; carry /= base) digits.push_back(static_cast<std::uint8_t>(carry % base));
}

std::string to_base58(ByteView bytes) {
  std::vector<std::uint8_t> digits;
  for (const auto byte : bytes) multiply_add(digits, 58, 256, byte);
  const auto zeros =
      std::find_if(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte != 0; }) - bytes.begin();
  std::string text(static_cast<std::size_t>(zeros), kAlphabet.front());
  std::for_each(digits.rbegin(), digits.rend(), [&](std::uint8_t digit) { text.push_back(kAlphabet[digit]); });
  return text;
}

std::optional<Bytes> from_base58(std::string_view text) {
  Bytes reversed;
  for (const char character : text) {
    const auto digit = kAlphabet.find(character);
    if (digit == std::string_view::npos) return std::nullopt;
    multiply_add(reversed, 256, 58, static_cast<unsigned>(digit));
  }
  const auto zeros = std::min(text.find_first_not_of(kAlphabet.front()), text.size());
  Bytes bytes(zeros, 0);
  bytes.insert(bytes.end(), reversed.rbegin(), reversed.rend());
  return bytes;
}

/// Below 64 one byte; else the low 8 bits straddle both bytes, as Substrate lays them out.
Bytes encode_prefix(std::uint16_t prefix) {
  if (prefix < kFirstOfTwo) return {static_cast<std::uint8_t>(prefix)};
  return {static_cast<std::uint8_t>((prefix & 0xfc) >> 2 | 0x40),
          static_cast<std::uint8_t>(prefix >> 8 | (prefix & 3) << 6)};
}

struct Prefix {
  std::uint16_t value;
  std::size_t size;
};

/// `bytes` has at least two. A small prefix in the long form is refused: one address has one text.
std::optional<Prefix> decode_prefix(ByteView bytes) {
  if (bytes[0] < kFirstOfTwo) return Prefix{bytes[0], 1};
  if (bytes[0] >= 2 * kFirstOfTwo) return std::nullopt;
  const unsigned low = (bytes[0] << 2 | bytes[1] >> 6) & 0xffu;
  const unsigned value = low | (bytes[1] & 0x3fu) << 8;
  if (value < kFirstOfTwo) return std::nullopt;
  return Prefix{static_cast<std::uint16_t>(value), 2};
}

std::array<std::uint8_t, kChecksumSize> checksum(ByteView prefix_and_account) {
  const auto hash = crypto::blake2_512(concat(as_bytes("SS58PRE"), prefix_and_account));
  return {hash[0], hash[1]};
}

}  // namespace

std::string to_ss58(const AccountId& account, std::uint16_t prefix) {
  SUBSTRATEE_CHECK(prefix < kPrefixLimit);
  auto bytes = concat(encode_prefix(prefix), account.bytes);
  append(bytes, checksum(bytes));
  return to_base58(bytes);
}

std::optional<Ss58Address> from_ss58(std::string_view text) {
  if (text.size() > kLongestText) return std::nullopt;
  const auto bytes = from_base58(text);
  if (!bytes || bytes->size() < kChecksumSize) return std::nullopt;
  const auto prefix = decode_prefix(*bytes);
  if (!prefix || bytes->size() != prefix->size + AccountId::kSize + kChecksumSize) return std::nullopt;
  const auto body = ByteView(*bytes).first(bytes->size() - kChecksumSize);
  const auto tail = ByteView(*bytes).last(kChecksumSize);
  if (!std::ranges::equal(checksum(body), tail)) return std::nullopt;
  return Ss58Address{*AccountId::from(body.subspan(prefix->size)), prefix->value};
}

}  // namespace substratee::primitives
