#include "worker/chain_follower/chain_follower.hpp"

#include <fmt/format.h>

#include <utility>

namespace substratee::worker::chain_follower {

Millis ChainFollower::due() const noexcept {
  if (backoff_.is_failing()) return backoff_.due();
  return is_announced_ || !is_caught_up_ ? Millis(0) : last_pull_ + kPollInterval;
}

void ChainFollower::watch(bool has_news, Millis now) {
  if (!last_news_) last_news_ = now;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(waited(now)).count();
  if (has_news) {
    if (std::exchange(is_late_, false)) report_.info(fmt::format("Final blocks come again, after {} s", seconds));
    last_news_ = now;
  } else if (!is_late_ && waited(now) >= kLongWait) {
    is_late_ = true;
    report_.warn(
        fmt::format("No final block for {} s: the node is away, stands still, or hides its blocks; look at the node "
                    "(with --sealing instant it makes blocks only when there are extrinsics)",
                    seconds));
  }
}

Result<std::vector<rpc::VerifiedBlock>> ChainFollower::pull(BlockNumber head, Millis now) {
  if (now < due()) return std::vector<rpc::VerifiedBlock>{};
  last_pull_ = now;
  is_announced_ = false;
  auto blocks = chain_.verified_blocks(head + 1);
  watch(blocks && !blocks->empty(), now);
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
