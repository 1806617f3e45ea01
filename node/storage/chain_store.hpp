#pragma once

/// The chain on disk: one atomic batch per block, written before the block leaves the process.
/// Kept for ever: headers, bodies, journals, the genesis state. Kept as Pruning says: the states of other blocks.
/// One thread writes (initialise, commit, best_view, root_after, sync); every other function may be called from any
/// thread, and no reader keeps the writer waiting. Format on disk: tables.hpp.
/// Errors: storage::Error; after a failed write the process has to stop. Reads of states throw Unreadable when the
/// database is damaged: every node is checked against its parent when it is read.

#include "core/primitives/header.hpp"
#include "core/registry/journal.hpp"
#include "node/storage/state_store.hpp"

namespace substratee::node::storage {

using primitives::BlockHash;
using primitives::Header;

inline constexpr std::string_view kFormat = "substratee-node/2";

/// A block with all that it leaves.
struct NewBlock {
  Header header;
  std::vector<Bytes> extrinsics;
  registry::Journal journal;
  Changes changes;
};

struct BlockId {
  BlockNumber number = 0;
  BlockHash hash;
  friend bool operator==(const BlockId&, const BlockId&) = default;
};

/// The state after one block, kept while this exists. May be used from any thread, and by many at once.
class Snapshot final : public runtime::StateView {
 public:
  Snapshot(StateStore::Hold hold, StateTrie state) : hold_(std::move(hold)), state_(state) {}
  [[nodiscard]] std::optional<Bytes> get(ByteView key) const override { return state_.get(key); }
  [[nodiscard]] std::optional<std::pair<Bytes, Bytes>> next(ByteView key) const override { return state_.next(key); }
  /// As state_getReadProof gives it.
  [[nodiscard]] std::vector<Bytes> prove(std::span<const Bytes> keys) const { return state_.prove(keys); }
  [[nodiscard]] const StateTrie& trie() const noexcept { return state_; }

 private:
  StateStore::Hold hold_;
  StateTrie state_;
};

struct OpenOptions {
  /// Nothing: as the database has it, or the default of a new one. A number may be changed; between a number and
  /// "archive" there is no way, kForeign.
  std::optional<Pruning> pruning;
  std::size_t cache_bytes = kDefaultStateCache;
};

class ChainStore {
 public:
  /// Creates an empty one if there is none. Takes no longer for a longer chain or a bigger state.
  [[nodiscard]] static Result<std::unique_ptr<ChainStore>> open(const std::filesystem::path& directory,
                                                                const OpenOptions& options = {});
  ChainStore(const ChainStore&) = delete;
  ChainStore& operator=(const ChainStore&) = delete;

  /// No genesis yet: only initialise() makes sense.
  [[nodiscard]] bool is_empty() const noexcept { return is_empty_; }
  [[nodiscard]] Result<void> initialise(const Header& genesis, const trie::Content& state);

  /// `block` stands on the best block and its header has the right state root; anything else is our own bug.
  /// With kLater a crash may lose the last blocks: for blocks that somebody else keeps.
  [[nodiscard]] Result<void> commit(const NewBlock& block, Sync sync = Sync::kNow);
  /// After kLater: all blocks are on the disk.
  [[nodiscard]] Result<void> sync() { return database_->sync(); }
  /// The state root that the best state would have after `changes`. A commit of just these is then quick.
  [[nodiscard]] Hash256 root_after(const Changes& changes);
  /// The best state for the writing thread: valid until its next commit.
  [[nodiscard]] StateTrie best_view() const { return {states_->nodes(), states_->best_root()}; }

  [[nodiscard]] BlockId best() const;
  [[nodiscard]] Header best_header() const;
  [[nodiscard]] BlockHash genesis_hash() const noexcept { return genesis_hash_; }
  [[nodiscard]] const Pruning& pruning() const noexcept { return states_->pruning(); }
  /// The first block, besides the genesis, whose state is kept.
  [[nodiscard]] BlockNumber oldest_state() const { return states_->oldest(); }

  [[nodiscard]] Result<BlockHash> hash(BlockNumber number) const;
  [[nodiscard]] Result<BlockNumber> number(const BlockHash& hash) const;
  [[nodiscard]] Result<Header> header(BlockNumber number) const;
  [[nodiscard]] Result<std::vector<Bytes>> extrinsics(BlockNumber number) const;
  /// SCALE Vec<JournalEntry>.
  [[nodiscard]] Result<Bytes> encoded_journal(BlockNumber number) const;
  /// kPruned if the block's state is no longer kept. The store must outlive the snapshot.
  [[nodiscard]] Result<std::unique_ptr<Snapshot>> at(const BlockHash& hash) const;

 private:
  ChainStore() = default;
  [[nodiscard]] Result<void> load(const OpenOptions& options);
  [[nodiscard]] Result<void> load_states(const OpenOptions& options);
  [[nodiscard]] Result<Pruning> reconcile(const OpenOptions& options);
  [[nodiscard]] Result<Bytes> table(char table, BlockNumber number) const;
  [[nodiscard]] Result<void> write(const NewBlock& block, const TrieChange& change, Batch batch, Sync sync);

  std::string path_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<StateStore> states_;
  bool is_empty_ = true;
  Pruning new_pruning_;
  BlockHash genesis_hash_;
  std::optional<TrieChange> prepared_;  ///< on the best state

  mutable std::mutex mutex_;  ///< guards the rest; held for moments only
  BlockId best_;
  Header best_header_;
};

}  // namespace substratee::node::storage
