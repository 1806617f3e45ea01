#include "node/storage/node_cache.hpp"

#include <gtest/gtest.h>

namespace substratee::node::storage {
namespace {

NodePtr node() {
  return TrieNode::make(trie::encode_leaf(trie::Nibbles(Bytes{1}), Bytes{2}, trie::Layout::kV1), {}, {});
}

TEST(node_cache, stays_below_its_size_and_keeps_what_is_used) {
  NodeCache cache(16 * 1000);
  cache.insert(16, node());
  for (NodeId id = 32; id < 16 * 1000; id += 16) {
    cache.insert(id, node());
    EXPECT_TRUE(cache.find(16));
  }
  EXPECT_LE(cache.bytes(), 1000U);
  EXPECT_FALSE(cache.find(32));
}

TEST(node_cache, forgets_what_it_is_told_to_forget) {
  NodeCache cache(1 << 20);
  for (NodeId id = 1; id <= 5'000; ++id) {
    cache.insert(id, node());
    cache.insert(id, node());
    cache.erase(id);
    cache.erase(id);
    EXPECT_FALSE(cache.find(id));
  }
  EXPECT_EQ(cache.bytes(), 0U);
}

}  // namespace
}  // namespace substratee::node::storage
