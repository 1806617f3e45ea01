#pragma once

/// For tests: a state trie in memory that grows and forgets like the one on disk.

#include "node/storage/trie_change.hpp"

#include <unordered_map>

namespace substratee::node::storage::test {

class MemoryNodes final : public NodeSource {
 public:
  [[nodiscard]] NodePtr load(NodeId id, ByteView reference) const override {
    const auto found = nodes_.find(id);
    if (found == nodes_.end() || !is_named_by(reference, found->second->encoding())) {
      throw Unreadable(Error{Code::kCorrupt, "node " + std::to_string(id)});
    }
    return found->second;
  }

  /// The best state goes on; the numbers that died with it.
  std::vector<NodeId> apply(const Changes& changes) {
    auto change = change_trie(*this, root, changes, next_id_);
    for (const auto& [id, node] : change.born) nodes_.emplace(id, TrieNode::from_record(to_bytes(node->record())));
    next_id_ += change.born.size();
    root = change.root;
    return change.died;
  }
  void forget(const std::vector<NodeId>& ids) {
    for (const auto id : ids) nodes_.erase(id);
  }
  [[nodiscard]] std::size_t size() const { return nodes_.size(); }
  [[nodiscard]] std::size_t record_bytes() const {
    std::size_t out = 0;
    for (const auto& [id, node] : nodes_) out += node->record().size();
    return out;
  }
  [[nodiscard]] StateTrie state() const { return {*this, root}; }

  TrieRoot root;

 private:
  std::unordered_map<NodeId, NodePtr> nodes_;
  NodeId next_id_ = 1;
};

}  // namespace substratee::node::storage::test
