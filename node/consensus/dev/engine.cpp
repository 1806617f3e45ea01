#include "node/consensus/dev/engine.hpp"

#include <algorithm>

namespace substratee::node::consensus::dev {

Engine::Engine(EngineOptions options, std::uint64_t last_timestamp, Moment now)
    : options_(options), last_timestamp_(last_timestamp) {
  if (options_.sealing == Sealing::kInterval) seal_at_ = now.steady + options_.block_time;
}

void Engine::transaction_ready(Moment now) {
  if (options_.sealing == Sealing::kInstant && !seal_at_) seal_at_ = now.steady;
}

void Engine::sealed(BlockNumber number, std::uint64_t timestamp, bool more_ready, Moment now) {
  last_timestamp_ = timestamp;
  not_yet_told_.push_back({number, now.steady + options_.finality_delay});
  if (options_.sealing == Sealing::kInstant) {
    seal_at_ = more_ready ? std::optional(now.steady) : std::nullopt;
    return;
  }
  // Keeps the beat; a beat that was missed altogether is not made up for.
  seal_at_ = std::max(seal_at_.value_or(now.steady) + options_.block_time, now.steady);
}

std::vector<Action> Engine::due(Moment now) {
  std::vector<Action> actions;
  while (!not_yet_told_.empty() && not_yet_told_.front().at <= now.steady) {
    actions.emplace_back(TellFinal{not_yet_told_.front().number});
    not_yet_told_.pop_front();
  }
  // A clock that was set back must not stop the chain.
  if (seal_at_ && *seal_at_ <= now.steady) actions.emplace_back(Seal{std::max(now.unix, last_timestamp_ + 1)});
  return actions;
}

std::optional<std::uint64_t> Engine::wake_at() const {
  if (not_yet_told_.empty()) return seal_at_;
  if (!seal_at_) return not_yet_told_.front().at;
  return std::min(*seal_at_, not_yet_told_.front().at);
}

}  // namespace substratee::node::consensus::dev
