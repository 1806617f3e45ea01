#include "worker/ipfs/gateway/car_stream.hpp"

#include "core/ipld/car.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace substratee::worker::ipfs::gateway {
namespace {

/// Bytes that are gathered before they are sent; one block more at most.
constexpr std::size_t kPiece = std::size_t{256} << 10;

}  // namespace

CarStream::CarStream(const BlockSource& store, const ipld::Cid& root, ipld::Traversal traversal, const Limits& limits,
                     std::unique_ptr<Slots::Slot> slot)
    : store_(store),
      traversal_(std::move(traversal)),
      slot_(std::move(slot)),
      piece_(ipld::car_header({&root, 1})),
      blocks_left_(limits.max_car_blocks),
      bytes_left_(limits.max_car_bytes) {}

std::optional<Bytes> CarStream::next() {
  while (!is_broken_ && traversal_.wanted() && piece_.size() < kPiece) is_broken_ = !add_block();
  if (is_broken_ && piece_.empty()) return std::nullopt;
  return std::exchange(piece_, {});
}

bool CarStream::add_block() {
  const auto cid = *traversal_.wanted();
  const auto block = store_.get(cid);
  if (!block) {
    if (block.error().code != FailureCode::kNotFound) spdlog::error("{}", block.error().to_string());
    return false;
  }
  if (!traversal_.is_repeat()) {
    const auto head = ipld::car_section_head(cid, block->size());
    if (blocks_left_ == 0 || head.size() + block->size() > bytes_left_) return false;
    --blocks_left_;
    bytes_left_ -= head.size() + block->size();
    append(piece_, head);
    append(piece_, *block);
  }
  return traversal_.give(*block).has_value();
}

}  // namespace substratee::worker::ipfs::gateway
