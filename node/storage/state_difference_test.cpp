#include "node/storage/state_difference.hpp"

#include "node/storage/memory_nodes_test.hpp"
#include "tests/support/effort.hpp"
#include "tests/support/random.hpp"

#include <gtest/gtest.h>

namespace substratee::node::storage {
namespace {

using substratee::test::SeededRandom;
using test::MemoryNodes;

using Content = std::map<Bytes, Bytes>;
struct Difference {
  Bytes key;
  std::optional<Bytes> before;
  std::optional<Bytes> after;
  friend bool operator==(const Difference&, const Difference&) = default;
};
using Differences = std::vector<Difference>;

std::optional<Bytes> copy(std::optional<ByteView> view) { return view ? std::optional(to_bytes(*view)) : std::nullopt; }

Differences told(const StateTrie& before, const StateTrie& after, ByteView prefix = {}) {
  Differences out;
  EXPECT_TRUE(each_difference(before, after, prefix, [&](const Bytes& key, auto was, auto is) {
    out.push_back({key, copy(was), copy(is)});
    return true;
  }));
  return out;
}

std::optional<Bytes> find(const Content& content, const Bytes& key) {
  const auto found = content.find(key);
  return found == content.end() ? std::nullopt : std::optional(found->second);
}

/// By comparing the contents entry for entry.
Differences expected(const Content& before, const Content& after, const Bytes& prefix) {
  auto keys = before;
  keys.insert(after.begin(), after.end());
  Differences out;
  for (const auto& [key, value] : keys) {
    const bool is_below = key.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), key.begin());
    if (is_below && find(before, key) != find(after, key)) out.push_back({key, find(before, key), find(after, key)});
  }
  return out;
}

/// Few different half bytes and sizes, so that keys are prefixes of each other, branches split and merge.
Changes random_changes(SeededRandom& random) {
  Changes out;
  const auto count = random.below(12);
  for (std::size_t i = 0; i < count; ++i) {
    Bytes key(random.below(5));
    for (auto& byte : key) byte = static_cast<std::uint8_t>(random.below(3) << 4 | random.below(3));
    Bytes value(random.below(2) * 40 + random.below(3), static_cast<std::uint8_t>(random.below(3)));
    out[std::move(key)] = random.below(3) == 0 ? std::nullopt : std::optional(std::move(value));
  }
  return out;
}

TEST(state_difference, is_what_a_comparison_of_the_contents_finds) {
  SeededRandom random;
  MemoryNodes nodes;
  Content content;
  std::size_t found = 0;
  for (std::size_t round = 0; round < substratee::test::effort(300); ++round) {
    const auto before = nodes.state();
    const auto old_content = content;
    const auto changes = random_changes(random);
    nodes.apply(changes);
    for (const auto& [key, value] : changes) {
      content.erase(key);
      if (value) content.emplace(key, *value);
    }
    Bytes prefix(random.below(3));
    for (auto& byte : prefix) byte = static_cast<std::uint8_t>(random.below(3) << 4 | random.below(3));
    for (const auto& below : {Bytes{}, prefix}) {
      const auto differences = expected(old_content, content, below);
      ASSERT_EQ(told(before, nodes.state(), below), differences) << "round " << round;
      found += differences.size();
    }
    ASSERT_EQ(told(nodes.state(), before).size(), expected(content, old_content, {}).size());
  }
  EXPECT_GT(found, 300U);
}

/// Counts what is read.
class CountingNodes final : public NodeSource {
 public:
  explicit CountingNodes(const NodeSource& nodes) : nodes_(nodes) {}
  [[nodiscard]] NodePtr load(NodeId id, ByteView reference) const override {
    ++count;
    return nodes_.load(id, reference);
  }
  mutable std::size_t count = 0;

 private:
  const NodeSource& nodes_;
};

TEST(state_difference, reads_only_what_differs) {
  SeededRandom random;
  MemoryNodes nodes;
  Changes all;
  for (int i = 0; i < 5000; ++i) {
    Bytes key(16);
    random.fill(key);
    all.emplace(key, Bytes(40, 1));
  }
  nodes.apply(all);
  const auto before = nodes.root;
  const auto changed = std::next(all.begin(), 2000)->first;
  nodes.apply({{changed, Bytes{2}}});
  const CountingNodes counting(nodes);
  EXPECT_EQ(told({counting, before}, {counting, nodes.root}), (Differences{{changed, Bytes(40, 1), Bytes{2}}}));
  EXPECT_LT(counting.count, 20U);
}

TEST(state_difference, goes_from_and_to_an_empty_state_and_ends_when_told_to) {
  MemoryNodes nodes;
  const auto empty = nodes.state();
  EXPECT_EQ(told(empty, empty), Differences{});
  nodes.apply({{Bytes{1, 2}, Bytes{3}}, {Bytes{1}, Bytes{4}}, {Bytes{9, 9}, Bytes{5}}});
  const auto full = nodes.state();
  EXPECT_EQ(
      told(empty, full),
      (Differences{{{1}, std::nullopt, Bytes{4}}, {{1, 2}, std::nullopt, Bytes{3}}, {{9, 9}, std::nullopt, Bytes{5}}}));
  EXPECT_EQ(told(full, empty, Bytes{9}), (Differences{{{9, 9}, Bytes{5}, std::nullopt}}));
  int count = 0;
  EXPECT_FALSE(each_difference(empty, full, {}, [&](const Bytes&, auto, auto) { return ++count < 2; }));
  EXPECT_EQ(count, 2);
}

}  // namespace
}  // namespace substratee::node::storage
