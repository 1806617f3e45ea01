#include "worker/chain_follower/chain_follower.hpp"

#include <utility>

namespace substratee::worker::chain_follower {

Millis ChainFollower::due() const noexcept {
  if (backoff_.is_failing()) return backoff_.due();
  return is_announced_ || !is_caught_up_ ? Millis(0) : last_pull_ + kPollInterval;
}

Result<std::vector<rpc::VerifiedBlock>> ChainFollower::pull(BlockNumber head, Millis now) {
  if (now < due()) return std::vector<rpc::VerifiedBlock>{};
  last_pull_ = now;
  is_announced_ = false;
  auto blocks = chain_.verified_blocks(head + 1);
  if (!blocks) {
    if (blocks.error().ends_the_worker()) return blocks;
    // Said once, and again when it is something else: another chain, say, after a restart.
    auto text = blocks.error().to_string();
    if (text != trouble_) report_.warn(text + "; trying again until it is back");
    trouble_ = std::move(text);
    backoff_.failed(now);
    is_caught_up_ = false;
    return std::vector<rpc::VerifiedBlock>{};
  }
  if (!std::exchange(trouble_, {}).empty()) report_.info("The node is back");
  is_caught_up_ = blocks->empty();
  if (is_caught_up_) backoff_.succeeded();
  return blocks;
}

}  // namespace substratee::worker::chain_follower
