#include "worker/ipfs/state_store.hpp"

#include "core/base/result.hpp"

#include <algorithm>
#include <utility>

namespace substratee::worker::ipfs {

EmbeddedStateStore::EmbeddedStateStore(BlockStore& blocks)
    : blocks_(blocks), collector_([this](const std::stop_token& stop) { collect(stop); }) {}

EmbeddedStateStore::~EmbeddedStateStore() = default;

Result<void> EmbeddedStateStore::put_all(std::span<const ipld::Block> blocks, const ipld::Cid& root) {
  return blocks_.put_all(blocks, root);
}

Result<Bytes> EmbeddedStateStore::get(const ipld::Cid& cid) { return blocks_.get(cid); }

Result<bool> EmbeddedStateStore::has(const ipld::Cid& cid) { return blocks_.has(cid); }

Result<FetchReport> EmbeddedStateStore::fetch(const ipld::Cid& root, std::span<const std::string> peers,
                                              const FetchOptions& options, const std::stop_token& stop) {
  return fetch_dag(blocks_, root, peers, options, stop);
}

Result<std::vector<ipld::Cid>> EmbeddedStateStore::roots() { return blocks_.roots(); }

Result<Usage> EmbeddedStateStore::retain(std::span<const ipld::Cid> roots) {
  const auto pinned = SUBSTRATEE_TRY(blocks_.roots());
  for (const auto& root : roots) {
    if (std::ranges::find(pinned, root) == pinned.end()) SUBSTRATEE_TRY(blocks_.pin(root));
  }
  for (const auto& root : pinned) {
    if (std::ranges::find(roots, root) != roots.end() || blocks_.was_served(root)) continue;
    SUBSTRATEE_TRY(blocks_.unpin(root));
  }
  const std::scoped_lock lock(mutex_);
  is_due_ = true;
  changed_.notify_all();
  if (failure_) return std::unexpected(*std::exchange(failure_, std::nullopt));
  return std::exchange(removed_, {});
}

void EmbeddedStateStore::settle() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !is_due_ && !is_collecting_; });
}

void EmbeddedStateStore::collect(const std::stop_token& stop) {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [this] { return is_due_; })) return;
      is_due_ = false;
      is_collecting_ = true;
    }
    auto removed = blocks_.collect_garbage({}, stop);
    const std::scoped_lock lock(mutex_);
    is_collecting_ = false;
    if (removed) {
      removed_.blocks += removed->blocks;
      removed_.bytes += removed->bytes;
    } else if (removed.error().code != FailureCode::kCancelled) {
      failure_ = std::move(removed.error());
    }
    changed_.notify_all();
  }
}

}  // namespace substratee::worker::ipfs
