#pragma once

/// What a block's changes do to the state trie: new nodes, and the numbers of those that the new state no longer has.
/// Copy on write: the old state stays readable as long as its nodes are kept. Cost: the nodes on the paths to the
/// changed keys, read once and hashed once.

#include "node/storage/state_trie.hpp"

namespace substratee::node::storage {

using runtime::Changes;

struct TrieChange {
  TrieRoot root;
  std::vector<std::pair<NodeId, NodePtr>> born;  ///< numbered from the given number on, without gaps, in order
  std::vector<NodeId> died;                      ///< each was part of the old state
};

/// The state `from` with `changes`. New nodes get the numbers from `next_id` (≥ 1) on. Throws Unreadable.
/// Equal states have equal root hashes, whatever led to them; without effect, the root stays the same node.
[[nodiscard]] TrieChange change_trie(const NodeSource& nodes, const TrieRoot& from, const Changes& changes,
                                     NodeId next_id);

}  // namespace substratee::node::storage
