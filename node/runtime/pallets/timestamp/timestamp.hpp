#pragma once

/// Pallet Timestamp: the chain's time, set once per block by its author.

#include "node/runtime/frame/context.hpp"
#include "node/runtime/frame/storage.hpp"

namespace substratee::node::runtime::timestamp {

inline constexpr std::string_view kName = "Timestamp";
inline constexpr std::uint8_t kIndex = registry::kTimestampIndex;

/// Milliseconds since 1970-01-01T00:00:00Z.
inline constexpr StorageValue<std::uint64_t> kNow{kName, "Now"};

[[nodiscard]] constexpr auto storage() { return std::tuple{kNow}; }

struct Set {
  static constexpr std::uint8_t kScaleIndex = 0;
  static constexpr std::string_view kName = "set";
  scale::Compact<std::uint64_t> now;
  SUBSTRATEE_FIELDS(Set, now)
};
using Call = std::variant<Set>;

/// BadOrigin unless from the block's author. Whether the time may stand is decided before (runtime.cpp).
[[nodiscard]] DispatchResult<> dispatch(Context& context, const Origin& origin, const Call& call);

}  // namespace substratee::node::runtime::timestamp
