#pragma once

/// The counter of the M4 demonstration: every account owns one number and may add to it.

#include "core/scale/codec.hpp"
#include "core/stf/transition.hpp"

#include <variant>

namespace substratee::stf::counter {

inline constexpr std::uint8_t kCounterField = kFirstStfField;

/// Adds `by` to the caller's counter; refused when the sum would overflow.
struct Increment {
  static constexpr std::uint8_t kScaleIndex = 0;
  std::uint64_t by = 0;
  SUBSTRATEE_FIELDS(Increment, by)
  friend bool operator==(const Increment&, const Increment&) = default;
};
using Call = std::variant<Increment>;

/// The caller's own counter.
struct ReadCounter {
  static constexpr std::uint8_t kScaleIndex = 0;
  SUBSTRATEE_FIELDS(ReadCounter)
  friend bool operator==(const ReadCounter&, const ReadCounter&) = default;
};
using Query = std::variant<ReadCounter>;

/// The value of a ReadCounter: u64, 0 for an account that never called.
extern const Transition kTransition;

}  // namespace substratee::stf::counter
