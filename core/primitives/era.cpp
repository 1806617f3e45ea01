#include "core/primitives/era.hpp"

#include <bit>

namespace substratee::primitives {
namespace {

constexpr std::uint32_t kShortest = 4;
constexpr std::uint32_t kLongest = 65536;

/// The phase has 12 bits on the wire: above 4096 blocks it counts in larger steps.
std::uint32_t step(std::uint32_t period) noexcept { return std::max(period >> 12, 1u); }

}  // namespace

Era Era::mortal(std::uint64_t period, BlockNumber current) noexcept {
  const auto rounded =
      std::bit_ceil(static_cast<std::uint32_t>(std::clamp<std::uint64_t>(period, kShortest, kLongest)));
  const auto phase = current % rounded;
  return {rounded, phase - phase % step(rounded)};
}

BlockNumber Era::birth(BlockNumber current) const noexcept {
  if (is_immortal()) return 0;
  return (std::max(current, phase) - phase) / period * period + phase;
}

std::uint64_t Era::death(BlockNumber current) const noexcept {
  if (is_immortal()) return std::numeric_limits<std::uint64_t>::max();
  return std::uint64_t{birth(current)} + period;
}

}  // namespace substratee::primitives

namespace substratee::scale {

using primitives::Era;

void Codec<Era>::write(Encoder& out, const Era& era) {
  if (era.is_immortal()) return out.byte(0);
  SUBSTRATEE_CHECK(std::has_single_bit(era.period) && era.period >= primitives::kShortest &&
                   era.period <= primitives::kLongest);
  SUBSTRATEE_CHECK(era.phase < era.period);
  const auto exponent = static_cast<std::uint32_t>(std::countr_zero(era.period)) - 1;
  out.little_endian(exponent | era.phase / primitives::step(era.period) << 4, 2);
}

Result<Era> Codec<Era>::read(Decoder& in) {
  const auto first = SUBSTRATEE_TRY(in.byte());
  if (first == 0) return Era::immortal();
  const std::uint32_t encoded = first | static_cast<std::uint32_t>(SUBSTRATEE_TRY(in.byte())) << 8;
  const std::uint32_t period = 2u << (encoded & 0xf);
  const std::uint32_t phase = (encoded >> 4) * primitives::step(period);
  if (period < primitives::kShortest || phase >= period) return std::unexpected(Error::kUnknownVariant);
  return Era{period, phase};
}

}  // namespace substratee::scale
