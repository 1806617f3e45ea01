#pragma once

/// The states of blocks on disk: trie nodes by number, shared between states, forgotten when no kept state has them.
/// Written by one thread (change, put, written); read by any number, which never wait for the writer.
/// The genesis state is kept for ever; a state that somebody holds is not forgotten before it is let go.

#include "node/storage/database.hpp"
#include "node/storage/node_cache.hpp"
#include "node/storage/pruning.hpp"
#include "node/storage/trie_change.hpp"

#include <set>

namespace substratee::node::storage {

/// Bytes of trie nodes in memory, unless configured: room for a state of some 10^6 keys of 80 bytes.
inline constexpr std::size_t kDefaultStateCache = std::size_t{512} << 20;

/// Trie nodes from the database through the cache.
class DiskNodes final : public NodeSource {
 public:
  DiskNodes(const Database& database, std::string path, std::size_t cache_bytes)
      : database_(database), path_(std::move(path)), cache_(cache_bytes) {}
  [[nodiscard]] NodePtr load(NodeId id, ByteView reference) const override;
  [[nodiscard]] NodeCache& cache() const noexcept { return cache_; }

 private:
  const Database& database_;
  std::string path_;
  mutable NodeCache cache_;
};

class StateStore {
 public:
  /// Keeps one block's state while it exists.
  class Hold {
   public:
    Hold(StateStore& store, BlockNumber block) noexcept : store_(&store), block_(block) {}
    Hold(Hold&& other) noexcept : store_(std::exchange(other.store_, nullptr)), block_(other.block_) {}
    Hold& operator=(Hold&&) = delete;
    ~Hold();

   private:
    StateStore* store_;
    BlockNumber block_;
  };

  /// `path` for error texts.
  StateStore(const Database& database, std::string path, std::size_t cache_bytes)
      : database_(database), path_(path), nodes_(database, std::move(path), cache_bytes) {}

  /// Continues with what the database says. kCorrupt if the best state's root is not there.
  [[nodiscard]] Result<void> open(BlockNumber best, const Hash256& best_root, Pruning pruning, BlockNumber oldest);
  /// Begins with an empty state.
  void begin(Pruning pruning) noexcept { pruning_ = pruning; }

  [[nodiscard]] const DiskNodes& nodes() const noexcept { return nodes_; }
  [[nodiscard]] const TrieRoot& best_root() const noexcept { return best_root_; }
  [[nodiscard]] BlockNumber oldest() const;
  [[nodiscard]] const Pruning& pruning() const noexcept { return pruning_; }

  /// The best state with changes. Throws Unreadable.
  [[nodiscard]] TrieChange change(const Changes& changes) const;
  /// Puts block `number`, whose state is `change`, into the batch, and takes out what is no longer kept.
  [[nodiscard]] Result<void> put(Batch& batch, BlockNumber number, const TrieChange& change);
  /// The batch is on the disk.
  void written(BlockNumber number, const TrieChange& change);

  /// Nothing if it is no longer kept.
  [[nodiscard]] std::optional<Hold> hold(BlockNumber number);
  /// The root of a block that is held, with the hash that its header says.
  [[nodiscard]] Result<TrieRoot> root(BlockNumber number, const Hash256& hash) const;

 private:
  struct RootRecord {
    NodeId root = 0;
    NodeId next_id = 1;
  };
  [[nodiscard]] Result<RootRecord> record(BlockNumber number) const;
  [[nodiscard]] Result<void> prune(Batch& batch, BlockNumber best);
  [[nodiscard]] std::optional<BlockNumber> step(BlockNumber target);

  const Database& database_;
  std::string path_;
  DiskNodes nodes_;
  Pruning pruning_;
  TrieRoot best_root_;
  NodeId next_id_ = 1;
  NodeId genesis_end_ = 1;  ///< nodes below are the genesis state's
  std::vector<NodeId> forgotten_;

  mutable std::mutex mutex_;  ///< guards the rest; held for moments only
  BlockNumber oldest_ = 0;
  std::multiset<BlockNumber> held_;
};

}  // namespace substratee::node::storage
