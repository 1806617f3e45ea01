#pragma once

/// The state after one block, read from its trie: Substrate's base-16 Patricia trie, layout V1. A root is enough to see
/// a whole state; states share the nodes that they have in common, and no reader holds a lock.
/// Cost: one node for each branching on the way to a key. Reads throw Unreadable when the database is damaged.

#include "core/trie/trie.hpp"
#include "node/runtime/state.hpp"
#include "node/storage/trie_node.hpp"

namespace substratee::node::storage {

/// A state's identity. `id` 0: the empty state.
struct TrieRoot {
  NodeId id = 0;
  Hash256 hash = trie::empty_root();
  friend bool operator==(const TrieRoot&, const TrieRoot&) = default;
};

/// Safe to use from many threads at once; `nodes` must outlive it and go on having the root's nodes.
class StateTrie final : public runtime::StateView {
 public:
  StateTrie(const NodeSource& nodes, const TrieRoot& root) : nodes_(&nodes), root_(root) {}

  [[nodiscard]] const TrieRoot& root() const noexcept { return root_; }
  [[nodiscard]] const NodeSource& nodes() const noexcept { return *nodes_; }
  [[nodiscard]] std::optional<Bytes> get(ByteView key) const override;
  [[nodiscard]] std::optional<std::pair<Bytes, Bytes>> next(ByteView key) const override;

  /// The nodes on the paths to `keys`, present or not, as state_getReadProof gives them: sorted, each once.
  [[nodiscard]] std::vector<Bytes> prove(std::span<const Bytes> keys) const;
  /// How the trie names its topmost node whose key begins with `prefix`: a hash, or a node shorter than one. Equal
  /// values mean equal states below the prefix. Nothing if no key begins with it.
  [[nodiscard]] std::optional<Bytes> closest_merkle_value(ByteView prefix) const;

 private:
  const NodeSource* nodes_;
  TrieRoot root_;
};

}  // namespace substratee::node::storage
