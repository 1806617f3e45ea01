#pragma once

/// A shard's state: a keyed, ordered map in the enclave's memory, and its encrypted, deduplicating form outside.
/// root(n) = f(root(n-1), content after n, writer n): a node whose plaintext stands in root(n-1) keeps its CID and its
/// writer, every other is written by n. So all honest enclaves make the same CIDs, and a commit costs
/// O(changes · log n). The content is secret; blocks and root are public. Specification: enclave/state/FORMAT.md.

#include "core/crypto/secret.hpp"
#include "core/ipld/cid.hpp"
#include "core/registry/types.hpp"
#include "core/stf/state_map.hpp"
#include "enclave/state/error.hpp"
#include "enclave/state/key_ring.hpp"
#include "enclave/state/manifest.hpp"
#include "enclave/state/nodes.hpp"
#include "enclave/state/shape.hpp"
#include "enclave/state/tree.hpp"

#include <map>
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

class State final : public stf::StateMap {
 public:
  /// Without records and without root; its first commit always makes one. The cut key is the shard's, drawn at
  /// founding; the shape is the founder's choice, and from then on stands in the manifest.
  [[nodiscard]] static State empty(const registry::ShardId& shard, crypto::Secret<32> cut_key, const Shape& shape = {});

  [[nodiscard]] std::optional<Bytes> get(ByteView key) const override;
  void put(ByteView key, ByteView value) override;
  void erase(ByteView key) override;

  /// One level: what was written since can be taken back (rollback) or kept (accept). Each checkpoint ends by one of
  /// them.
  void checkpoint();
  void rollback();
  void accept();

  /// Seals what has changed since the last commit. Without effect no new root. kUnknownEpoch (and nothing done) if the
  /// ring lacks the writer's epoch. No checkpoint may be open.
  [[nodiscard]] Result<Commit> commit(const Writer& writer, const KeyRing& keys);

  /// Of the last commit; all zero before the first.
  [[nodiscard]] const registry::StateCid& root() const noexcept { return root_; }
  [[nodiscard]] bool has_root() const noexcept { return has_root_; }
  [[nodiscard]] const registry::ShardId& shard() const noexcept { return shard_; }
  [[nodiscard]] std::size_t record_count() const noexcept { return records_.size(); }
  /// Encrypted leaves of the last commit, padding included, 16,384 bytes each; pieces of large values come on top.
  [[nodiscard]] std::size_t leaf_count() const noexcept { return nodes_.leaves.size(); }
  [[nodiscard]] const Shape& shape() const noexcept { return shape_; }

 private:
  friend class Loader;
  State(const registry::ShardId& shard, crypto::Secret<32> cut_key, const Shape& shape);
  void remember(const Bytes& key, const crypto::WipedBytes* old);
  [[nodiscard]] std::vector<Bytes> changed_keys() const;
  [[nodiscard]] Manifest next_manifest(const Writer& writer) const;

  registry::ShardId shard_;
  crypto::Secret<32> cut_key_;
  Records records_;
  Before since_commit_;
  Before since_checkpoint_;
  bool has_checkpoint_ = false;
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
