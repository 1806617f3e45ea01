#pragma once

/// A shard's state: a keyed, ordered map, and its encrypted, deduplicating form outside.
/// root(n) = f(root(n-1), content after n, writer n): a node whose plaintext stands in root(n-1) keeps its CID and its
/// writer, every other is written by n. So all honest enclaves make the same CIDs, and a commit costs
/// O(changes · log n). The content is secret; blocks and root are public. Specification: enclave/state/FORMAT.md.
///
/// The records stand in opened leaves, in memory, with what the open block changed beside them. Paged, memory holds the
/// index, the changes and a bounded cache of leaves. A read that needs another leaf notes it and gives nothing: whoever
/// reads has to look at has_missed() and, if so, drop all that it made of it, have wanted() provided and begin again.
/// Both kinds make the same roots. docs/decisions/paged-state.md.

#include "core/crypto/secret.hpp"
#include "core/ipld/cid.hpp"
#include "core/registry/types.hpp"
#include "core/stf/state_map.hpp"
#include "enclave/state/error.hpp"
#include "enclave/state/key_ring.hpp"
#include "enclave/state/leaf_writer.hpp"
#include "enclave/state/manifest.hpp"
#include "enclave/state/nodes.hpp"
#include "enclave/state/pager.hpp"
#include "enclave/state/shape.hpp"
#include "enclave/state/tree.hpp"

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace substratee::enclave::state {

/// Values that writes replaced, by key; nothing where the key was new.
using Before = std::map<Bytes, std::optional<crypto::WipedBytes>, KeyLess>;

/// What a commit made. Unchanged: the root of before, nothing else.
struct Commit {
  registry::StateCid root;
  bool changed = false;
  std::vector<ipld::Block> new_blocks;  ///< not in the root before; children before parents, the root last
  Before before;                        ///< to read the state as it was: PastReader. Secret
};

/// Most memory in bytes that a paged state's cache takes; nothing: all records stand in memory.
using CacheLimit = std::optional<std::size_t>;

class State final : public stf::StateMap {
 public:
  /// Without records and without root; its first commit always makes one. The cut key is the shard's, drawn at
  /// founding; the shape is the founder's choice, and from then on stands in the manifest.
  [[nodiscard]] static State empty(const registry::ShardId& shard, crypto::Secret<32> cut_key,
                                   CacheLimit cache_limit = std::nullopt, const Shape& shape = {});

  [[nodiscard]] std::optional<Bytes> get(ByteView key) const override;
  void put(ByteView key, ByteView value) override;
  void erase(ByteView key) override;

  /// One level: what was written since can be taken back (rollback) or kept (accept). Each checkpoint ends by one of
  /// them.
  void checkpoint();
  void rollback();
  void accept();

  /// Takes back all that was written since the last commit.
  void discard();

  /// Seals what has changed since the last commit. Without effect no new root. kUnknownEpoch (and nothing done) if the
  /// ring lacks the writer's epoch. No checkpoint may be open, nothing read since begin() may have been missed.
  /// kNotHere: provide what is wanted and call it again; until then the state is neither moved, read nor written.
  [[nodiscard]] Result<Commit> commit(const Writer& writer, const KeyRing& keys);

  [[nodiscard]] bool is_paged() const noexcept { return is_paged_; }
  /// Forgets what was missed: before reading, and before reading again.
  void begin() const;
  /// What was read since begin() means nothing: leaves were not at hand.
  [[nodiscard]] bool has_missed() const noexcept;
  /// Nothing was missed: what was kept for repetitions may go. A commit does it by itself.
  void settled() const;
  /// The leaves that were missed.
  [[nodiscard]] std::vector<ipld::Cid> wanted() const;
  /// One of them, from a stranger; checked like a leaf that is loaded. After an error it is still wanted.
  [[nodiscard]] Result<void> provide(const ipld::Cid& cid, ByteView block, const KeyRing& keys);
  /// Memory that the cache takes.
  [[nodiscard]] std::size_t cached_bytes() const noexcept;

  /// Of the last commit; all zero before the first.
  [[nodiscard]] const registry::StateCid& root() const noexcept { return root_; }
  [[nodiscard]] bool has_root() const noexcept { return has_root_; }
  [[nodiscard]] const registry::ShardId& shard() const noexcept { return shard_; }
  [[nodiscard]] std::size_t record_count() const noexcept { return record_count_; }
  /// Encrypted leaves of the last commit, padding included, 16,384 bytes each; pieces of large values come on top.
  [[nodiscard]] std::size_t leaf_count() const noexcept { return nodes_.leaves.size(); }
  [[nodiscard]] const Shape& shape() const noexcept { return shape_; }

 private:
  friend class Loader;
  /// A commit that waits for leaves.
  struct OpenCommit {
    std::vector<ipld::Block> blocks;
    LeafWriter leaves;
    bool is_cut = false;            // leaves and padding stand
    LeafWriter::Changes changed{};  // leaves; only then
    std::vector<Bytes> cover{};     // leaves that are still to be written anew
  };

  State(const registry::ShardId& shard, crypto::Secret<32> cut_key, CacheLimit cache_limit, const Shape& shape);
  [[nodiscard]] std::optional<ByteView> find_in_leaves(ByteView key) const;
  void open(ByteView key);
  void remember(const Bytes& key, const crypto::WipedBytes* old);
  void restore(Before& before);
  void forget(const Before& changed);
  [[nodiscard]] LeafWriter::Changes changes() const;
  void open_commit(LeafWriter::Changes changed, const Writer& writer, const crypto::Secret<32>& state_key);
  [[nodiscard]] Result<void> write_range(LeafWriter& leaves, NodeWriter& nodes);
  [[nodiscard]] Frame patched(const Frame& old, Before::const_iterator change, std::optional<ByteView> end) const;
  [[nodiscard]] bool write_merged(const LeafRecords& old, Before::const_iterator& change, LeafWriter& leaves,
                                  NodeWriter& nodes);
  [[nodiscard]] bool write_changes(Before::const_iterator& change, std::optional<ByteView> end, LeafWriter& leaves,
                                   NodeWriter& nodes);
  void settle_leaves(NodeWriter& nodes);
  [[nodiscard]] Result<void> write_cover(NodeWriter& nodes);
  [[nodiscard]] Result<NodeRef> write_covered(const Bytes& key, NodeWriter& nodes);
  [[nodiscard]] Commit seal_root(const Writer& writer, const crypto::Secret<32>& state_key);
  [[nodiscard]] Commit close_commit(Commit out);
  [[nodiscard]] Manifest next_manifest(const Writer& writer) const;

  registry::ShardId shard_;
  crypto::Secret<32> cut_key_;
  bool is_paged_;
  std::unique_ptr<Pager> pager_;
  Records records_;  // of since_commit_; in memory also all large ones, for which the leaves have pieces only
  std::size_t record_count_ = 0;
  Before since_commit_;
  Before since_checkpoint_;
  bool has_checkpoint_ = false;
  std::unique_ptr<OpenCommit> open_commit_;
  Shape shape_;
  Nodes nodes_;
  PublicTree tree_;
  registry::StateCid root_;
  bool has_root_ = false;
};

/// The state as it stood before later commits: their `before`s, oldest first. Reads only; the state and the spans live
/// longer than it.
class PastReader final : public stf::StateReader {
 public:
  PastReader(const State& state, std::span<const Before* const> later) : state_(state), later_(later) {}
  [[nodiscard]] std::optional<Bytes> get(ByteView key) const override;

 private:
  const State& state_;
  std::span<const Before* const> later_;
};

}  // namespace substratee::enclave::state
