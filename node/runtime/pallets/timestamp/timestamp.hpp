#pragma once

/// Pallet Timestamp: the chain's time, set once per block by its author.

#include "node/runtime/frame/context.hpp"
#include "node/runtime/frame/storage.hpp"
#include "node/runtime/frame/weight.hpp"

namespace substratee::node::runtime::timestamp {

inline constexpr std::string_view kPalletName = "Timestamp";
inline constexpr std::uint8_t kIndex = registry::kTimestampIndex;

/// Half of what clients take for the time between blocks, milliseconds.
inline constexpr std::uint64_t kMinimumPeriod = 500;

inline constexpr StorageValue<std::uint64_t> kNow{
    kPalletName, "Now", "The newest block's time, in milliseconds since 1970-01-01T00:00:00Z."};

struct Set {
  static constexpr std::uint8_t kScaleIndex = 0;
  static constexpr std::string_view kName = "set";
  static constexpr std::string_view kDocs = "The block's time, from its author; the first extrinsic of every block.";
  scale::Compact<std::uint64_t> now;
  SUBSTRATEE_FIELDS(Set, now)
};

struct Pallet {
  static constexpr std::string_view kName = kPalletName;
  static constexpr std::string_view kCrate = "pallet_timestamp";
  static constexpr std::uint8_t kIndex = timestamp::kIndex;
  static constexpr std::string_view kDocs = "The chain's time, set once per block by its author.";
  using Call = std::variant<Set>;
  static constexpr auto storage() { return std::tuple{kNow}; }
  static constexpr auto constants() {
    return std::tuple{Constant{"MinimumPeriod", kMinimumPeriod,
                               "Half of what may be taken for the time between blocks, in milliseconds."}};
  }
  /// BadOrigin unless from the block's author. Whether the time may stand is decided before (block_execution.cpp).
  [[nodiscard]] static DispatchResult<> dispatch(Context& context, const Origin& origin, const Call& call);
  [[nodiscard]] static RefTime weight_of(const Call&) { return 20 * kMicrosecond; }
};
using Call = Pallet::Call;

}  // namespace substratee::node::runtime::timestamp
