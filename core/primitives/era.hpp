#pragma once

/// Mortality of an extrinsic (sp_runtime::generic::Era). Vectors: substrate/era.json.

#include "core/primitives/types.hpp"
#include "core/scale/codec.hpp"

namespace substratee::primitives {

/// Immortal, or mortal with a period (a power of two, 4 to 65536) and a phase inside it.
struct Era {
  std::uint32_t period = 0;  ///< 0 = immortal
  std::uint32_t phase = 0;

  [[nodiscard]] static Era immortal() noexcept { return {}; }
  /// Rounds `period` up to a power of two and quantises the phase as Substrate does.
  [[nodiscard]] static Era mortal(std::uint64_t period, BlockNumber current) noexcept;
  [[nodiscard]] bool is_immortal() const noexcept { return period == 0; }
  /// The block whose hash the signature covers, seen from block `current`.
  [[nodiscard]] BlockNumber birth(BlockNumber current) const noexcept;
  /// The first block in which the extrinsic is no longer valid.
  [[nodiscard]] std::uint64_t death(BlockNumber current) const noexcept;

  friend bool operator==(const Era&, const Era&) = default;
};

}  // namespace substratee::primitives

namespace substratee::scale {
template <>
struct Codec<primitives::Era> {
  static void write(Encoder& out, const primitives::Era& era);
  static Result<primitives::Era> read(Decoder& in);
};
}  // namespace substratee::scale
