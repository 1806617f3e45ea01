#include "enclave/state/shape.hpp"

#include "core/crypto/kdf.hpp"
#include "core/scale/codec.hpp"

#include <algorithm>
#include <bit>
#include <iterator>
#include <utility>

namespace substratee::enclave::state {
namespace {

constexpr std::size_t kPrefixSize = 64;
constexpr std::size_t kMinTarget = 8;

/// Uniform below `bound` (to 2⁻³²): the first eight bytes of HMAC-SHA256(key, SCALE{writer, number}).
std::uint64_t draw(const crypto::Secret<32>& key, const Writer& writer, std::uint32_t number, std::uint64_t bound) {
  const auto mac = crypto::hmac_sha256(key.view(), scale::encode(std::tuple{writer, number}));
  std::uint64_t out = 0;
  for (std::size_t i = 8; i-- > 0;) out = out << 8 | mac[i];
  return out % bound;
}

}  // namespace

std::uint64_t padded_count(std::uint64_t count) noexcept {
  if (count < 2) return count;
  const std::uint64_t exponent = static_cast<std::uint64_t>(std::bit_width(count)) - 1;
  const auto precise = static_cast<std::uint64_t>(std::bit_width(exponent));
  if (precise >= exponent) return count;
  const std::uint64_t mask = (std::uint64_t{1} << (exponent - precise)) - 1;
  return (count + mask) & ~mask;
}

Bytes padding_key(std::uint32_t number) {
  Bytes out(kPaddingKeySize, 0xff);
  for (std::size_t i = 0; i < 4; ++i) out[kPrefixSize + i] = static_cast<std::uint8_t>(number >> (24 - 8 * i));
  return out;
}

bool is_padding_key(ByteView key) noexcept {
  return key.size() == kPaddingKeySize &&
         std::ranges::all_of(key.first(kPrefixSize), [](std::uint8_t byte) { return byte == 0xff; });
}

std::uint32_t padding_count(const Level& leaves) noexcept {
  if (leaves.empty() || !is_padding_key(leaves.rbegin()->first)) return 0;
  std::uint32_t last = 0;
  for (const auto byte : ByteView(leaves.rbegin()->first).subspan(kPrefixSize)) last = last << 8 | byte;
  return last + 1;
}

std::size_t cover_target(std::size_t dirty, std::uint16_t cover) noexcept {
  return std::max(kMinTarget, std::bit_ceil(dirty + cover));
}

std::vector<Bytes> choose_cover(const crypto::Secret<32>& cut_key, const Level& leaves, const Writer& writer,
                                std::size_t count) {
  const auto key = crypto::derive<32>(cut_key.view(), as_bytes("substratee/cover/v1"));
  std::vector<const Bytes*> rest;
  for (const auto& [first_key, node] : leaves) {
    if (node.writer != writer) rest.push_back(&first_key);
  }
  count = std::min(count, rest.size());
  for (std::size_t i = 0; i < count; ++i) {
    std::swap(rest[i], rest[i + draw(key, writer, static_cast<std::uint32_t>(i), rest.size() - i)]);
  }
  std::vector<Bytes> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(*rest[i]);
  std::ranges::sort(out);
  return out;
}

}  // namespace substratee::enclave::state
