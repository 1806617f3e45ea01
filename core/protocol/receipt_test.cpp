#include "core/protocol/receipt.hpp"

#include "core/protocol/fixture_test.hpp"

namespace substratee::protocol {
namespace {

using namespace test;

std::vector<Bytes> some_leaves(std::size_t count) {
  std::vector<Bytes> out;
  for (std::size_t i = 0; i < count; ++i) out.emplace_back(i % 5 + 1, static_cast<std::uint8_t>(i));
  return out;
}

/// RFC 9162, 2.1.1, word by word: MTH(D[n]) = HASH(0x01 || MTH(D[0:k]) || MTH(D[k:n])).
Hash256 reference_root(const std::vector<Bytes>& leaves) {
  if (leaves.empty()) return crypto::sha256({});
  if (leaves.size() == 1) return crypto::sha256(concat(Bytes{0}, leaves.front()));
  std::size_t k = 1;
  while (k < leaves.size()) k *= 2;
  k /= 2;
  const std::vector<Bytes> left(leaves.begin(), leaves.begin() + static_cast<std::ptrdiff_t>(k));
  const std::vector<Bytes> right(leaves.begin() + static_cast<std::ptrdiff_t>(k), leaves.end());
  return crypto::sha256(concat(Bytes{1}, reference_root(left), reference_root(right)));
}

TEST(merkle, root_is_that_of_the_rfc) {
  for (std::size_t count = 0; count <= 40; ++count) {
    EXPECT_EQ(merkle_root(some_leaves(count)), reference_root(some_leaves(count))) << count;
  }
}

TEST(merkle, root_of_nothing_is_the_hash_of_nothing) { EXPECT_EQ(merkle_root({}), crypto::sha256({})); }

TEST(merkle, every_path_verifies_at_its_place_only) {
  for (std::size_t count = 1; count <= 40; ++count) {
    const auto leaves = some_leaves(count);
    const auto root = merkle_root(leaves);
    for (std::size_t index = 0; index < count; ++index) {
      const auto path = merkle_path(leaves, index);
      for (std::size_t claimed = 0; claimed <= count; ++claimed) {
        EXPECT_EQ(verify_merkle_path(leaves[index], claimed, count, path, root), claimed == index);
      }
    }
  }
}

TEST(merkle, refuses_a_wrong_count) {
  // A count that would give a tree of another shape. Some counts give the same path to the same leaf: RFC 9162 leaves
  // it to the caller to know the size, and the enclave signs it.
  const auto leaves = some_leaves(6);
  const auto root = merkle_root(leaves);
  EXPECT_FALSE(verify_merkle_path(leaves[5], 5, 5, merkle_path(leaves, 5), root));
  EXPECT_FALSE(verify_merkle_path(leaves[5], 5, 8, merkle_path(leaves, 5), root));
  EXPECT_FALSE(verify_merkle_path(leaves[0], 0, 0, merkle_path(leaves, 0), root));
  EXPECT_FALSE(verify_merkle_path(leaves[0], 0, 4, merkle_path(leaves, 0), root));
  EXPECT_FALSE(verify_merkle_path(leaves[0], 0, 9, merkle_path(leaves, 0), root));
  EXPECT_FALSE(verify_merkle_path(leaves[0], 0, ~std::uint64_t{0}, merkle_path(leaves, 0), root));
}

TEST(merkle, refuses_a_changed_path_leaf_or_root) {
  const auto leaves = some_leaves(13);
  auto root = merkle_root(leaves);
  for (std::size_t index = 0; index < leaves.size(); ++index) {
    const auto path = merkle_path(leaves, index);
    for (std::size_t i = 0; i < path.size(); ++i) {
      auto changed = path;
      changed[i][7] ^= 1;
      EXPECT_FALSE(verify_merkle_path(leaves[index], index, 13, changed, root));
      changed = path;
      changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i));
      EXPECT_FALSE(verify_merkle_path(leaves[index], index, 13, changed, root));
    }
    auto longer = path;
    longer.push_back(root);
    EXPECT_FALSE(verify_merkle_path(leaves[index], index, 13, longer, root));
    EXPECT_FALSE(verify_merkle_path(Bytes{9, 9}, index, 13, path, root));
  }
  root[0] ^= 1;
  EXPECT_FALSE(verify_merkle_path(leaves[0], 0, 13, merkle_path(leaves, 0), root));
}

TEST(merkle, an_inner_node_is_no_leaf) {
  const auto leaves = some_leaves(2);
  const auto inner = concat(crypto::sha256(concat(Bytes{0}, leaves[0])), crypto::sha256(concat(Bytes{0}, leaves[1])));
  EXPECT_FALSE(verify_merkle_path(inner, 0, 1, {}, merkle_root(leaves)));
}

Receipt sample() { return {shard(), 9, filled(0x33), 2, filled(0x55), filled(0x44), Outcome::kRefused}; }

TEST(receipt, blind_depends_on_place_and_key_but_not_on_the_outcome) {
  const auto leaf = make_leaf(sample(), filled(1).bytes);
  auto other = sample();
  other.outcome = Outcome::kApplied;
  EXPECT_EQ(make_leaf(other, filled(1).bytes).blind, leaf.blind);
  EXPECT_NE(make_leaf(sample(), filled(2).bytes).blind, leaf.blind);
  const std::vector<void (*)(Receipt&)> moves = {
      [](auto& r) { ++r.index; },
      [](auto& r) { ++r.block_number; },
      [](auto& r) { r.block_hash[0] ^= 1; },
      [](auto& r) { r.shard[0] ^= 1; },
  };
  for (const auto move : moves) {
    auto moved = sample();
    move(moved);
    EXPECT_NE(make_leaf(moved, filled(1).bytes).blind, leaf.blind);
  }
}

TEST(receipt, leaf_round_trips_and_is_strict) {
  const auto leaf = make_leaf(sample(), filled(1).bytes);
  auto wire = scale::encode(leaf);
  EXPECT_EQ(scale::decode<ReceiptLeaf>(wire), leaf);
  for (std::size_t size = 0; size < wire.size(); ++size) {
    EXPECT_FALSE(scale::decode<ReceiptLeaf>(ByteView(wire).first(size)).has_value());
  }
  const auto outcome_at = wire.size() - 33;
  wire[outcome_at] = static_cast<std::uint8_t>(scale_last(Outcome{})) + 1;
  EXPECT_FALSE(scale::decode<ReceiptLeaf>(wire).has_value());
}

TEST(receipt, every_outcome_has_a_name_of_its_own) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(scale_last(Outcome{})); ++i) names.insert(to_string(static_cast<Outcome>(i)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(scale_last(Outcome{})) + 1);
  EXPECT_FALSE(names.contains("unknown"));
}

}  // namespace
}  // namespace substratee::protocol
