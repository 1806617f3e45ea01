#include "worker/driver/state_feed.hpp"

#include <utility>

namespace substratee::worker::driver {
namespace {

constexpr std::size_t kFrameBytes = std::size_t{1} << 20;
constexpr std::size_t kFrameBlocks = 256;

}  // namespace

void StateFeed::add(const ipld::Block& block) {
  std::vector<protocol::StateBlock> full;
  {
    const std::lock_guard lock(mutex_);
    if (is_over_) return;
    batch_.push_back({block.cid.to_bytes(), block.bytes});
    batch_bytes_ += block.bytes.size();
    if (batch_bytes_ < kFrameBytes && batch_.size() < kFrameBlocks) return;
    full = std::exchange(batch_, {});
    batch_bytes_ = 0;
  }
  send(std::move(full));
}

void StateFeed::flush() {
  std::vector<protocol::StateBlock> rest;
  {
    const std::lock_guard lock(mutex_);
    rest = std::exchange(batch_, {});
    batch_bytes_ = 0;
  }
  send(std::move(rest));
}

void StateFeed::send(std::vector<protocol::StateBlock> blocks) {
  const auto count = blocks.size();
  if (count == 0) return;
  const auto sent = conversation_.supply_ahead(std::move(blocks));
  const std::lock_guard lock(mutex_);
  if (!sent) is_over_ = true;
  if (sent) count_ += count;
}

std::size_t StateFeed::count() const {
  const std::lock_guard lock(mutex_);
  return is_over_ ? 0 : count_;
}

}  // namespace substratee::worker::driver
