#pragma once

/// When the development engine seals and when it tells finality. A state machine: time comes in, actions go out.
/// Sealing interval: a block each block time, with or without transactions. Sealing instant: a block as soon as there
/// is a ready transaction. A block is final for everybody who checks its seal; clients are told a little later, because
/// they miss "in block" when "finalized" follows at once.

#include "core/primitives/types.hpp"

#include <deque>
#include <variant>
#include <vector>

namespace substratee::node::consensus::dev {

using primitives::BlockNumber;

/// Milliseconds: `steady` never goes back and measures waiting; `unix` is what blocks carry.
struct Moment {
  std::uint64_t steady = 0;
  std::uint64_t unix = 0;
};

enum class Sealing : std::uint8_t { kInterval, kInstant };

struct EngineOptions {
  Sealing sealing = Sealing::kInterval;
  std::uint64_t block_time = 1'000;    ///< milliseconds, at least 1
  std::uint64_t finality_delay = 250;  ///< milliseconds
};

struct Seal {
  std::uint64_t timestamp = 0;  ///< of the block, milliseconds
  friend bool operator==(const Seal&, const Seal&) = default;
};
struct TellFinal {
  BlockNumber number = 0;
  friend bool operator==(const TellFinal&, const TellFinal&) = default;
};
using Action = std::variant<Seal, TellFinal>;

class Engine {
 public:
  /// `last_timestamp`: that of the best block, 0 for genesis.
  Engine(EngineOptions options, std::uint64_t last_timestamp, Moment now);

  /// A transaction has become ready.
  void transaction_ready(Moment now);
  /// The block asked for is on the disk; `more_ready` transactions wait for the next.
  void sealed(BlockNumber number, std::uint64_t timestamp, bool more_ready, Moment now);

  /// What to do now. At most one Seal; it is repeated until sealed() is called.
  [[nodiscard]] std::vector<Action> due(Moment now);
  /// Steady time at which due() will have something; nothing = only after an event.
  [[nodiscard]] std::optional<std::uint64_t> wake_at() const;

 private:
  struct Waiting {
    BlockNumber number;
    std::uint64_t at;
  };
  EngineOptions options_;
  std::uint64_t last_timestamp_;
  std::optional<std::uint64_t> seal_at_;
  std::deque<Waiting> not_yet_told_;
};

}  // namespace substratee::node::consensus::dev
