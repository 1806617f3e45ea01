#pragma once

/// For how long states are kept. Headers, bodies, journals and the genesis state are kept for ever in either mode.

#include "core/primitives/types.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace substratee::node::storage {

using primitives::BlockNumber;

struct Pruning {
  static constexpr BlockNumber kDefaultBlocks = 256;
  static constexpr BlockNumber kMaxBlocks = 1'000'000'000;

  /// States of how many blocks before the best one are kept; nothing: of all ("archive").
  std::optional<BlockNumber> blocks = kDefaultBlocks;

  [[nodiscard]] bool is_archive() const noexcept { return !blocks; }
  friend bool operator==(const Pruning&, const Pruning&) = default;
};

/// "archive" or the number.
[[nodiscard]] std::string to_string(const Pruning& pruning);
/// Nothing unless "archive" or a number from 1 to kMaxBlocks.
[[nodiscard]] std::optional<Pruning> pruning_from(std::string_view text);

}  // namespace substratee::node::storage
