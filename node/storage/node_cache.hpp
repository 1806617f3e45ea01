#pragma once

/// Trie nodes in memory, by number, at most so many bytes of them. Safe from any thread: many small locks, none held
/// while anything is read or written. What has been used lately stays longer (CLOCK).

#include "node/storage/trie_node.hpp"

#include <array>
#include <mutex>
#include <unordered_map>

namespace substratee::node::storage {

class NodeCache {
 public:
  /// What a node takes besides its record: the pointers, the hash table's entry, the clock's.
  static constexpr std::size_t kNodeOverhead = 160;

  explicit NodeCache(std::size_t max_bytes) : max_shard_bytes_(max_bytes / kShards) {}

  /// Null if it is not here.
  [[nodiscard]] NodePtr find(NodeId id);
  void insert(NodeId id, NodePtr node);
  void erase(NodeId id);
  [[nodiscard]] std::size_t bytes() const;

 private:
  static constexpr std::size_t kShards = 16;
  struct Entry {
    NodePtr node;
    bool is_used = false;
  };
  struct Shard {
    mutable std::mutex mutex;
    std::unordered_map<NodeId, Entry> entries;
    std::vector<NodeId> clock;  ///< numbers that may be in `entries`; the hand goes round
    std::size_t hand = 0;
    std::size_t bytes = 0;
  };
  [[nodiscard]] Shard& shard_of(NodeId id) noexcept { return shards_[id % kShards]; }
  static std::size_t bytes_of(const TrieNode& node) noexcept { return node.record().size() + kNodeOverhead; }
  void make_room(Shard& shard) const;

  std::size_t max_shard_bytes_;
  std::array<Shard, kShards> shards_;
};

}  // namespace substratee::node::storage
