#include "enclave/state/shape.hpp"

#include "enclave/state/fixture_test.hpp"

#include <algorithm>
#include <set>

namespace substratee::enclave::state::test {
namespace {

State shaped_state(std::uint32_t count, const Shape& shape) {
  State out = State::empty(kShard, test_cut_key(), std::nullopt, shape);
  for (std::uint32_t i = 0; i < count; ++i) out.put(key_of(i), value_of(i));
  return out;
}

std::size_t new_leaves(const Store& store, const Commit& commit) {
  Store with = store;
  with.add(commit.new_blocks);
  return static_cast<std::size_t>(std::ranges::count_if(leaf_blocks(with, commit.root),
                                                        [&](const Bytes& cid) { return !store.blocks.contains(cid); }));
}

/// Figures of the paper ("Reducing Metadata Leakage from Encrypted Files and Communication with PURBs", 2019).
TEST(shape, counts_are_padded_by_the_padme_rule) {
  for (const std::uint64_t same : {0U, 1U, 2U, 3U, 4U, 8U, 10U, 16U, 1024U}) EXPECT_EQ(padded_count(same), same);
  EXPECT_EQ(padded_count(9), 10U);
  EXPECT_EQ(padded_count(15), 16U);
  EXPECT_EQ(padded_count(100), 104U);
  EXPECT_EQ(padded_count(11'394), 11'776U);
  for (std::uint64_t count = 1; count < 100'000; count += 7) {
    EXPECT_GE(padded_count(count), count);
    EXPECT_LE(padded_count(count) * 100, count * 112) << count;
    EXPECT_EQ(padded_count(padded_count(count)), padded_count(count));
  }
}

TEST(shape, padding_keys_stand_behind_all_records) {
  EXPECT_LT(Bytes(stf::kMaxKeySize, 0xff), padding_key(0));
  EXPECT_LT(padding_key(255), padding_key(256));
  EXPECT_TRUE(is_padding_key(padding_key(7)));
  EXPECT_FALSE(is_padding_key(Bytes(stf::kMaxKeySize, 0xff)));
  Bytes other = padding_key(7);
  other[63] = 0xfe;
  EXPECT_FALSE(is_padding_key(other));
}

TEST(shape, the_public_count_of_leaves_is_padded_while_records_come_and_go) {
  const auto keys = ring();
  State state = shaped_state(0, {.padding = true, .cover = 0});
  Store store;
  registry::BlockNumber height = 1;
  const auto step = [&] {
    const auto made = commit(state, writer_at(height), keys);
    store.add(made.new_blocks);
    const auto count = leaf_blocks(store, made.root).size();
    EXPECT_EQ(count, padded_count(count)) << height;
    const auto loaded = load(store, made.root, height++, keys);
    ASSERT_TRUE(loaded.has_value()) << to_string(loaded.error());
    return;
  };
  step();
  for (std::uint32_t i = 0; i < 4000; ++i) {
    state.put(key_of(i), value_of(i, i % 500 == 0 ? 40'000 : 107));
    if (i % 400 == 399) step();
  }
  for (std::uint32_t i = 0; i < 4000; ++i) {
    state.erase(key_of(i * 7 % 4000));
    if (i % 400 == 399) step();
  }
  EXPECT_EQ(state.leaf_count(), 0U);
}

TEST(shape, cover_rounds_the_changed_leaves_up) {
  const auto keys = ring();
  for (const std::uint16_t cover : std::initializer_list<std::uint16_t>{1, 7, 8, 20}) {
    State state = shaped_state(6000, {.padding = false, .cover = cover});
    Store store;
    store.add(commit(state, writer_at(1), keys).new_blocks);
    ASSERT_GT(state.leaf_count(), 64U);
    const auto change = [&](std::uint32_t count, registry::BlockNumber height) {
      for (std::uint32_t i = 0; i < count; ++i) state.put(key_of(i * 500), value_of(height));
      const auto made = commit(state, writer_at(height), keys);
      const auto seen = new_leaves(store, made);
      store.add(made.new_blocks);
      EXPECT_TRUE(load(store, made.root, height, keys).has_value());
      return seen;
    };
    EXPECT_EQ(change(1, 2), cover < 8 ? 8U : cover == 8 ? 16U : 32U);
    EXPECT_EQ(change(2, 3), cover < 7 ? 8U : cover <= 8 ? 16U : 32U);
    EXPECT_EQ(change(10, 4), cover <= 1 ? 16U : 32U);
  }
}

TEST(shape, cover_is_bounded_by_the_leaves_there_are) {
  const auto keys = ring();
  State state = shaped_state(500, {.padding = false, .cover = 100});
  Store store;
  store.add(commit(state, writer_at(1), keys).new_blocks);
  state.put(key_of(1), value_of(9));
  EXPECT_EQ(new_leaves(store, commit(state, writer_at(2), keys)), state.leaf_count());
}

TEST(shape, two_enclaves_choose_the_same_cover_and_every_block_another) {
  const auto keys = ring();
  const Shape shape{.padding = true, .cover = 6};
  State mine = shaped_state(6000, shape);
  Store store;
  const auto first = commit(mine, writer_at(1), keys);
  store.add(first.new_blocks);
  auto theirs = load(store, first.root, 1, keys);
  ASSERT_TRUE(theirs.has_value());
  std::set<std::vector<Bytes>> untouched;
  for (registry::BlockNumber height = 2; height < 8; ++height) {
    for (State* one : {&mine, &*theirs}) one->put(key_of(77), value_of(height));
    const auto made = commit(mine, writer_at(height), keys);
    EXPECT_EQ(made.new_blocks, commit(*theirs, writer_at(height), keys).new_blocks);
    Store with = store;
    with.add(made.new_blocks);
    std::vector<Bytes> kept;
    for (auto& cid : leaf_blocks(with, made.root)) {
      if (store.blocks.contains(cid)) kept.push_back(std::move(cid));
    }
    EXPECT_TRUE(untouched.insert(std::move(kept)).second) << "another choice each time";
    store = std::move(with);
    theirs = load(store, made.root, height, keys);
    ASSERT_TRUE(theirs.has_value());
    EXPECT_EQ(theirs->shape(), shape);
  }
}

TEST(shape, without_effect_there_is_no_cover_and_off_costs_nothing) {
  const auto keys = ring();
  State covered = shaped_state(2000, {.padding = true, .cover = 50});
  commit(covered, writer_at(1), keys);
  EXPECT_FALSE(commit(covered, writer_at(2), keys).changed);
  State plain = shaped_state(2000, {});
  Store store;
  store.add(commit(plain, writer_at(1), keys).new_blocks);
  plain.put(key_of(1), value_of(2));
  EXPECT_EQ(new_leaves(store, commit(plain, writer_at(2), keys)), 1U);
}

/// A leaf written anew for cover must not look like the old one: other key, other CID, same records.
TEST(shape, a_covered_leaf_opens_to_the_same_records) {
  const auto keys = ring();
  State state = shaped_state(1000, {.padding = false, .cover = 1'000});
  Store store;
  store.add(commit(state, writer_at(1), keys).new_blocks);
  state.put(key_of(1), value_of(9));
  const auto made = commit(state, writer_at(2), keys);
  Store only_new;
  only_new.add(made.new_blocks);
  const auto loaded = load(only_new, made.root, 2, keys);
  ASSERT_TRUE(loaded.has_value()) << "everything was written anew";
  for (std::uint32_t i = 2; i < 1000; ++i) ASSERT_EQ(loaded->get(key_of(i)), value_of(i));
}

}  // namespace
}  // namespace substratee::enclave::state::test
