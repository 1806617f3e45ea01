#include "node/storage/state_trie.hpp"

#include "core/base/hex.hpp"
#include "node/storage/memory_nodes_test.hpp"
#include "tests/support/effort.hpp"
#include "tests/support/random.hpp"
#include "tests/support/vectors.hpp"

#include <gtest/gtest.h>

namespace substratee::node::storage {
namespace {

using substratee::test::SeededRandom;
using test::MemoryNodes;

Changes changes_of(const boost::json::value& pairs) {
  Changes changes;
  for (const auto& pair : pairs.as_array()) {
    changes.insert_or_assign(substratee::test::hex(pair.at(0)), substratee::test::hex(pair.at(1)));
  }
  return changes;
}

Bytes random_bytes(SeededRandom& random, std::size_t size) {
  Bytes out(size);
  random.fill(out);
  return out;
}

/// Few different half bytes and sizes, so that keys are prefixes of each other, branches split and merge.
Bytes narrow_key(SeededRandom& random) {
  Bytes out(random.below(5));
  for (auto& byte : out) byte = static_cast<std::uint8_t>(random.below(3) << 4 | random.below(3));
  return out;
}

Changes random_changes(SeededRandom& random, std::size_t count, std::uint64_t deletions_of_ten) {
  Changes changes;
  for (std::size_t i = 0; i < count; ++i) {
    auto key = random.below(4) == 0 ? random_bytes(random, 8) : narrow_key(random);
    changes[std::move(key)] = random.below(10) < deletions_of_ten
                                  ? std::nullopt
                                  : std::optional(random_bytes(random, random.below(2) * 30 + random.below(6)));
  }
  return changes;
}

void apply_to(trie::Content& content, const Changes& changes) {
  for (const auto& [key, value] : changes) {
    if (value) {
      content.insert_or_assign(key, *value);
    } else {
      content.erase(key);
    }
  }
}

trie::Content walk(const runtime::StateView& view) {
  trie::Content out;
  if (const auto empty_key = view.get({})) out.emplace(Bytes{}, *empty_key);
  for (auto entry = view.next({}); entry; entry = view.next(entry->first)) out.insert(*entry);
  return out;
}

TEST(state_trie, roots_match_the_published_vectors) {
  const auto vectors = substratee::test::load_json("substrate/trie.json");
  for (const auto& [name, set] : vectors.at("sets").as_object()) {
    MemoryNodes nodes;
    nodes.apply(changes_of(set.at("pairs")));
    EXPECT_EQ(to_hex_prefixed(nodes.root.hash.bytes), substratee::test::text(set, "root_v1")) << name;
  }
}

TEST(state_trie, agrees_with_the_trie_that_has_the_roots_of_real_chains) {
  const auto vectors = substratee::test::load_json("substrate/state_root_real.json");
  const auto code = to_bytes(as_bytes(":code"));
  for (const auto& chain : vectors.at("genesis").as_array()) {
    trie::Content content;
    for (const auto& pair : chain.at("pairs").as_array()) {
      const auto key = substratee::test::hex(pair.at(0));
      content[key] = key == code ? Bytes(40, 0xcc) : substratee::test::hex(pair.at(1));
    }
    MemoryNodes nodes;
    nodes.apply(Changes(content.begin(), content.end()));
    EXPECT_EQ(nodes.root.hash, trie::root(content, trie::Layout::kV1));
    EXPECT_EQ(nodes.state().prove(std::vector<Bytes>{code}), trie::prove(content, std::vector<Bytes>{code}));
  }
}

TEST(state_trie, agrees_with_the_trie_built_from_scratch_after_every_change) {
  for (std::uint64_t seed = 1; seed <= substratee::test::effort(10); ++seed) {
    SeededRandom random(seed);
    MemoryNodes nodes;
    trie::Content content;
    for (int block = 0; block < 40; ++block) {
      const auto changes = random_changes(random, 1 + random.below(12), block % 10);
      apply_to(content, changes);
      nodes.forget(nodes.apply(changes));
      ASSERT_EQ(nodes.root.hash, trie::root(content, trie::Layout::kV1)) << "seed " << seed << ", block " << block;
      ASSERT_EQ(walk(nodes.state()), content) << "seed " << seed << ", block " << block;
    }
    Changes all;
    for (const auto& [key, value] : content) all.emplace(key, std::nullopt);
    nodes.forget(nodes.apply(all));
    EXPECT_EQ(nodes.root, TrieRoot{});
    EXPECT_EQ(nodes.size(), 0U) << "nodes that no state has are left";
  }
}

TEST(state_trie, old_states_stay_as_they_were) {
  SeededRandom random(5);
  MemoryNodes nodes;
  std::vector<std::pair<TrieRoot, trie::Content>> states;
  trie::Content content;
  for (int block = 0; block < 30; ++block) {
    const auto changes = random_changes(random, 8, 4);
    apply_to(content, changes);
    static_cast<void>(nodes.apply(changes));
    states.emplace_back(nodes.root, content);
  }
  for (const auto& [root, expected] : states) EXPECT_EQ(walk(StateTrie(nodes, root)), expected);
}

TEST(state_trie, proofs_of_presence_and_absence_verify) {
  SeededRandom random(9);
  for (int round = 0; round < 20; ++round) {
    MemoryNodes nodes;
    trie::Content content;
    for (int block = 0; block < 4; ++block) {
      const auto changes = random_changes(random, random.below(20), 2);
      apply_to(content, changes);
      static_cast<void>(nodes.apply(changes));
    }
    std::vector<Bytes> keys;
    for (const auto& [key, value] : content) {
      if (random.below(2) == 0) keys.push_back(key);
    }
    for (int i = 0; i < 5; ++i) keys.push_back(narrow_key(random));
    const auto nodes_of_proof = nodes.state().prove(keys);
    EXPECT_EQ(nodes_of_proof, trie::prove(content, keys));
    const auto proof = trie::ReadProof::from(nodes.root.hash, nodes_of_proof);
    ASSERT_TRUE(proof);
    for (const auto& key : keys) {
      const auto expected = content.contains(key) ? std::optional(content.at(key)) : std::nullopt;
      EXPECT_EQ(proof->get(key).value(), expected) << to_hex(key);
    }
  }
}

TEST(state_trie, a_change_without_effect_is_the_same_node) {
  MemoryNodes nodes;
  nodes.apply({{{1, 2}, Bytes{1}}, {{1, 3}, Bytes(40, 2)}, {{2}, Bytes{}}});
  const auto before = nodes.root;
  const auto size = nodes.size();
  EXPECT_TRUE(
      nodes.apply({{{1, 2}, Bytes{1}}, {{1, 3}, Bytes(40, 2)}, {{9}, std::nullopt}, {{1}, std::nullopt}}).empty());
  EXPECT_EQ(nodes.root, before);
  EXPECT_EQ(nodes.size(), size);
}

TEST(state_trie, next_agrees_with_a_sorted_map) {
  SeededRandom random(3);
  MemoryNodes nodes;
  trie::Content content;
  const auto changes = random_changes(random, 60, 0);
  apply_to(content, changes);
  nodes.apply(changes);
  for (int i = 0; i < 500; ++i) {
    const auto key = random.below(3) == 0 ? random_bytes(random, random.below(4)) : narrow_key(random);
    const auto expected = content.upper_bound(key);
    const auto found = nodes.state().next(key);
    ASSERT_EQ(found.has_value(), expected != content.end()) << to_hex(key);
    if (found) EXPECT_EQ(found->first, expected->first);
  }
}

TEST(state_trie, the_closest_merkle_value_changes_with_what_is_below) {
  MemoryNodes nodes;
  EXPECT_EQ(nodes.state().closest_merkle_value({}), std::nullopt);
  nodes.apply({{{1, 1}, Bytes(40, 1)}, {{1, 2}, Bytes(40, 2)}, {{7, 7}, Bytes(40, 3)}});
  EXPECT_EQ(nodes.state().closest_merkle_value({}), to_bytes(nodes.root.hash.bytes));
  const auto ones = nodes.state().closest_merkle_value(Bytes{1});
  const auto sevens = nodes.state().closest_merkle_value(Bytes{7});
  ASSERT_TRUE(ones && sevens);
  EXPECT_EQ(nodes.state().closest_merkle_value(Bytes{7, 7}), sevens);
  EXPECT_EQ(nodes.state().closest_merkle_value(Bytes{7, 8}), std::nullopt);
  EXPECT_EQ(nodes.state().closest_merkle_value(Bytes{7, 7, 7}), std::nullopt);
  nodes.apply({{{1, 2}, Bytes(40, 9)}});
  EXPECT_NE(nodes.state().closest_merkle_value(Bytes{1}), ones);
  EXPECT_EQ(nodes.state().closest_merkle_value(Bytes{7}), sevens);
}

TEST(state_trie, damaged_nodes_are_not_read) {
  MemoryNodes nodes;
  nodes.apply({{{1, 1}, Bytes(40, 1)}, {{1, 2}, Bytes(40, 2)}});
  const StateTrie other(nodes, {nodes.root.id, Hash256{}});
  EXPECT_THROW(static_cast<void>(other.get(Bytes{1, 1})), Unreadable);
}

TEST(trie_node, refuses_every_truncation_and_every_other_value) {
  MemoryNodes nodes;
  nodes.apply({{{1, 1}, Bytes(40, 1)}, {{1, 1, 5}, Bytes(40, 2)}, {{1, 1, 0x51}, Bytes{4}}});
  const auto node = nodes.load(nodes.root.id, nodes.root.hash.bytes);
  const auto record = to_bytes(node->record());
  ASSERT_TRUE(TrieNode::from_record(record));
  for (std::size_t size = 0; size < record.size(); ++size) {
    EXPECT_FALSE(TrieNode::from_record(Bytes(record.begin(), record.begin() + static_cast<std::ptrdiff_t>(size))));
  }
  auto other = record;
  other.back() ^= 1;
  EXPECT_FALSE(TrieNode::from_record(other));
  other = record;
  other.push_back(0);
  EXPECT_FALSE(TrieNode::from_record(other));
}

}  // namespace
}  // namespace substratee::node::storage
