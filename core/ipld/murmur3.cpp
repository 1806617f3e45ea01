#include "core/ipld/murmur3.hpp"

#include <bit>

namespace substratee::ipld {
namespace {

constexpr std::uint64_t kFirst = 0x87c37b91114253d5;
constexpr std::uint64_t kSecond = 0x4cf5ad432745937f;

/// Up to 8 bytes, low first.
std::uint64_t word(ByteView bytes) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = std::min<std::size_t>(bytes.size(), 8); i-- > 0;) value = value << 8 | bytes[i];
  return value;
}

std::uint64_t mix_first(std::uint64_t k) noexcept { return std::rotl(k * kFirst, 31) * kSecond; }

std::uint64_t mix_second(std::uint64_t k) noexcept { return std::rotl(k * kSecond, 33) * kFirst; }

std::uint64_t finalize(std::uint64_t h) noexcept {
  h = (h ^ h >> 33) * 0xff51afd7ed558ccd;
  h = (h ^ h >> 33) * 0xc4ceb9fe1a85ec53;
  return h ^ h >> 33;
}

}  // namespace

std::uint64_t murmur3_x64_64(ByteView data) noexcept {
  const std::uint64_t size = data.size();
  std::uint64_t h1 = 0;
  std::uint64_t h2 = 0;
  for (; data.size() >= 16; data = data.subspan(16)) {
    h1 = (std::rotl(h1 ^ mix_first(word(data)), 27) + h2) * 5 + 0x52dce729;
    h2 = (std::rotl(h2 ^ mix_second(word(data.subspan(8))), 31) + h1) * 5 + 0x38495ab5;
  }
  if (data.size() > 8) h2 ^= mix_second(word(data.subspan(8)));
  h1 ^= mix_first(word(data));
  h1 ^= size;
  h2 ^= size;
  h1 += h2;
  h2 += h1;
  return finalize(h1) + finalize(h2);
}

}  // namespace substratee::ipld
