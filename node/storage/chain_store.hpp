#pragma once

/// The chain on disk: one synced, atomic batch per block, written before the block leaves the process.
/// Kept for ever: headers, bodies, journals, the genesis state. Kept for the last kUndoBlocks: states.
/// One thread writes (initialise, commit, best_view, root_after); every other function may be called from any thread.
/// Format on disk, one table per first byte of the key, numbers big-endian:
///   M name → meta    H number → header    B number → extrinsics    J number → journal    U number → undo record
///   N hash → number  S key → value now    G key → value at genesis
/// Errors: storage::Error; after a failed write the process has to stop.

#include "core/primitives/header.hpp"
#include "core/registry/journal.hpp"
#include "node/storage/database.hpp"
#include "node/storage/state_history.hpp"

#include <mutex>
#include <shared_mutex>

namespace substratee::node::storage {

using primitives::BlockHash;
using primitives::BlockNumber;
using primitives::Header;

inline constexpr std::string_view kFormat = "substratee-node/1";

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

/// The state after one block. No block is committed while somebody holds one, so hold it briefly, on one thread.
class Snapshot final : public runtime::StateView {
 public:
  Snapshot(std::shared_lock<std::shared_mutex> lock, const trie::Content& content, Changes overlay);
  [[nodiscard]] std::optional<Bytes> get(ByteView key) const override { return state_.get(key); }
  [[nodiscard]] std::optional<std::pair<Bytes, Bytes>> next(ByteView key) const override { return state_.next(key); }
  /// As state_getReadProof gives it.
  [[nodiscard]] std::vector<Bytes> prove(std::span<const Bytes> keys) const;

 private:
  std::shared_lock<std::shared_mutex> lock_;
  const trie::Content& content_;
  Changes overlay_;
  OverlayState state_;
};

class ChainStore {
 public:
  /// Creates an empty one if there is none. The whole state is read and its root compared with the best header's.
  [[nodiscard]] static Result<std::unique_ptr<ChainStore>> open(const std::filesystem::path& directory);
  ChainStore(const ChainStore&) = delete;
  ChainStore& operator=(const ChainStore&) = delete;

  /// No genesis yet: only initialise() makes sense.
  [[nodiscard]] bool is_empty() const noexcept { return is_empty_; }
  [[nodiscard]] Result<void> initialise(const Header& genesis, const trie::Content& state);

  /// `block` stands on the best block; anything else is our own bug.
  [[nodiscard]] Result<void> commit(const NewBlock& block);
  /// The state root that the best state would have after `changes`.
  [[nodiscard]] Hash256 root_after(const Changes& changes);
  /// The best state for the writing thread: valid until its next commit.
  [[nodiscard]] OverlayState best_view() const;

  [[nodiscard]] BlockId best() const;
  [[nodiscard]] Header best_header() const;
  [[nodiscard]] BlockHash genesis_hash() const noexcept { return genesis_hash_; }

  [[nodiscard]] Result<BlockHash> hash(BlockNumber number) const;
  [[nodiscard]] Result<BlockNumber> number(const BlockHash& hash) const;
  [[nodiscard]] Result<Header> header(BlockNumber number) const;
  [[nodiscard]] Result<std::vector<Bytes>> extrinsics(BlockNumber number) const;
  /// SCALE Vec<JournalEntry>.
  [[nodiscard]] Result<Bytes> encoded_journal(BlockNumber number) const;
  /// kPruned if the block is older than kUndoBlocks and not the genesis.
  [[nodiscard]] Result<std::unique_ptr<Snapshot>> at(const BlockHash& hash) const;

 private:
  ChainStore() = default;
  [[nodiscard]] Result<void> load();
  [[nodiscard]] Result<void> load_state();
  [[nodiscard]] Result<Bytes> table(char table, BlockNumber number) const;
  [[nodiscard]] std::shared_lock<std::shared_mutex> lock_for_reading() const;
  void publish(const NewBlock& block, Changes undo);

  std::string path_;
  std::unique_ptr<Database> database_;
  bool is_empty_ = true;
  BlockHash genesis_hash_;
  trie::Content genesis_state_;

  trie::Content staging_;            ///< the best state once more, so that roots are computed beside readers
  mutable std::mutex turn_;          ///< readers pass it one by one, so that they cannot starve the writer
  mutable std::shared_mutex mutex_;  ///< guards the rest
  StateHistory history_;
  BlockId best_;
  Header best_header_;
};

}  // namespace substratee::node::storage
