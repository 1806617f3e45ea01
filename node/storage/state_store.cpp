#include "node/storage/state_store.hpp"

#include "core/scale/codec.hpp"
#include "node/storage/tables.hpp"

#include <fmt/format.h>

namespace substratee::node::storage {

namespace {

/// How many states one block may make the node forget: what has piled up goes in small portions.
constexpr int kMaxForgottenStates = 8;

Error damaged(std::string_view path, std::string_view what) {
  return {Code::kCorrupt, fmt::format("database {}: damaged ({}); run `substratee-node check` to see what is left, or "
                                      "`substratee-node purge-chain`, which keeps the key, and start again",
                                      path, what)};
}

}  // namespace

NodePtr DiskNodes::load(NodeId id, ByteView reference) const {
  if (auto known = cache_.find(id)) return known;
  auto record = database_.get(table::key(table::kNodes, id));
  if (!record) throw Unreadable(std::move(record).error());
  auto node = *record ? TrieNode::from_record(**std::move(record)) : nullptr;
  if (!node || !is_named_by(reference, node->encoding())) {
    throw Unreadable(damaged(path_, fmt::format("state node {}", id)));
  }
  cache_.insert(id, node);
  return node;
}

StateStore::Hold::~Hold() {
  if (store_ == nullptr) return;
  const std::scoped_lock lock(store_->mutex_);
  store_->held_.erase(store_->held_.find(block_));
}

Result<StateStore::RootRecord> StateStore::record(BlockNumber number) const {
  const auto bytes = SUBSTRATEE_TRY(database_.get(table::key(table::kRoots, number)));
  const auto decoded =
      bytes ? scale::decode<std::pair<NodeId, NodeId>>(*bytes) : std::unexpected(scale::Error::kTruncated);
  if (!decoded) return std::unexpected(damaged(path_, fmt::format("state root of block {}", number)));
  return RootRecord{decoded->first, decoded->second};
}

Result<void> StateStore::open(BlockNumber best, const Hash256& best_root, Pruning pruning, BlockNumber oldest) {
  pruning_ = pruning;
  oldest_ = oldest;
  genesis_end_ = SUBSTRATEE_TRY(record(0)).next_id;
  next_id_ = SUBSTRATEE_TRY(record(best)).next_id;
  best_root_ = SUBSTRATEE_TRY(root(best, best_root));
  if (best_root_.id == 0 && best_root != trie::empty_root()) {
    return std::unexpected(damaged(path_, "the best state's root"));
  }
  try {
    if (best_root_.id != 0) static_cast<void>(nodes_.load(best_root_.id, best_root.bytes));
  } catch (const Unreadable& unreadable) {
    return std::unexpected(unreadable.error());
  }
  return {};
}

BlockNumber StateStore::oldest() const {
  const std::scoped_lock lock(mutex_);
  return oldest_;
}

TrieChange StateStore::change(const Changes& changes) const {
  return change_trie(nodes_, best_root_, changes, next_id_);
}

Result<void> StateStore::put(Batch& batch, BlockNumber number, const TrieChange& change) {
  for (const auto& [id, node] : change.born) {
    batch.put(table::key(table::kNodes, id), to_bytes(node->record()));
  }
  const NodeId next_id = next_id_ + change.born.size();
  batch.put(table::key(table::kRoots, number), scale::encode(std::pair(change.root.id, next_id)));
  if (pruning_.is_archive()) return {};
  if (!change.died.empty()) batch.put(table::key(table::kDied, number), scale::encode(change.died));
  return prune(batch, number);
}

/// The block whose state goes next, if its time has come and nobody holds it or an older one.
std::optional<BlockNumber> StateStore::step(BlockNumber target) {
  const std::scoped_lock lock(mutex_);
  const auto first_held = held_.upper_bound(0);  // genesis stays anyway
  if (oldest_ >= target || (first_held != held_.end() && *first_held <= oldest_)) return std::nullopt;
  return oldest_++;
}

Result<void> StateStore::prune(Batch& batch, BlockNumber best) {
  forgotten_.clear();
  const auto target = best - std::min(best, *pruning_.blocks);
  for (int i = 0; i < kMaxForgottenStates; ++i) {
    const auto block = step(target);
    if (!block) break;
    if (*block != 0) batch.erase(table::key(table::kRoots, *block));
    const auto key = table::key(table::kDied, *block + 1);
    const auto died = SUBSTRATEE_TRY(database_.get(key));
    if (died) {
      const auto ids = scale::decode<std::vector<NodeId>>(*died);
      if (!ids) return std::unexpected(damaged(path_, fmt::format("list of dead nodes of block {}", *block + 1)));
      for (const auto id : *ids) {
        if (id < genesis_end_) continue;
        batch.erase(table::key(table::kNodes, id));
        forgotten_.push_back(id);
      }
      batch.erase(key);
    }
    batch.put(table::meta("oldest"), scale::encode(*block + 1));
  }
  return {};
}

void StateStore::written(BlockNumber number, const TrieChange& change) {
  for (const auto& [id, node] : change.born) nodes_.cache().insert(id, node);
  // The cache is for the best state; who looks at older ones finds what has died since on the disk.
  for (const auto id : change.died) nodes_.cache().erase(id);
  for (const auto id : forgotten_) nodes_.cache().erase(id);
  forgotten_.clear();
  next_id_ += change.born.size();
  if (number == 0) genesis_end_ = next_id_;
  best_root_ = change.root;
}

std::optional<StateStore::Hold> StateStore::hold(BlockNumber number) {
  const std::scoped_lock lock(mutex_);
  if (number != 0 && number < oldest_) return std::nullopt;
  held_.insert(number);
  return Hold(*this, number);
}

Result<TrieRoot> StateStore::root(BlockNumber number, const Hash256& hash) const {
  return TrieRoot{SUBSTRATEE_TRY(record(number)).root, hash};
}

}  // namespace substratee::node::storage
