#include "enclave/state/pager.hpp"

#include "enclave/state/fixture_test.hpp"
#include "tests/support/effort.hpp"
#include "tests/support/random.hpp"

#include <functional>

namespace substratee::enclave::state::test {
namespace {

constexpr std::size_t kLimit = LeafCache::kMinLimit;  // eight leaves

/// Brings what a paged state misses, and looks at its bound each time.
struct Bringer {
  const Store& store;
  const KeyRing& keys;
  std::size_t brought = 0;

  void bring(State& state) {
    const auto wanted = state.wanted();
    ASSERT_FALSE(wanted.empty());
    for (const auto& cid : wanted) {
      const auto block = store.blocks.find(cid.to_bytes());
      ASSERT_NE(block, store.blocks.end()) << cid.to_text();
      ASSERT_TRUE(state.provide(cid, block->second, keys).has_value());
      ASSERT_LE(state.cached_bytes(), kLimit);
      ++brought;
    }
  }

  /// Until nothing is missed.
  void run(State& state, const std::function<void(State&)>& block) {
    for (int round = 0; round < 1000 && !testing::Test::HasFatalFailure(); ++round) {
      state.begin();
      block(state);
      if (!state.has_missed()) return;
      state.discard();
      bring(state);
    }
    FAIL() << "never has enough";
  }

  Commit commit(State& state, const Writer& writer) {
    for (int round = 0; round < 10'000 && !testing::Test::HasFatalFailure(); ++round) {
      auto out = state.commit(writer, keys);
      if (out) return *std::move(out);
      EXPECT_EQ(out.error(), Error::kNotHere);
      bring(state);
    }
    ADD_FAILURE() << "never has enough";
    return {};
  }

  std::optional<Bytes> get(const State& reader, State& state, const std::vector<const Before*>& later, ByteView key) {
    for (;;) {
      state.begin();
      auto out = PastReader(reader, later).get(key);
      if (!state.has_missed()) {
        state.settled();
        return out;
      }
      bring(state);
      if (testing::Test::HasFatalFailure()) return std::nullopt;
    }
  }
};

struct Change {
  Bytes key;
  std::optional<Bytes> value;
};

/// One block's changes in steps of up to ten, each of which may be taken back.
struct Block {
  std::vector<std::pair<bool, std::vector<Change>>> steps;

  void apply(State& state) const {
    for (const auto& [is_kept, changes] : steps) {
      state.checkpoint();
      for (const auto& change : changes) {
        static_cast<void>(state.get(change.key));
        if (change.value) {
          state.put(change.key, *change.value);
        } else {
          state.erase(change.key);
        }
      }
      if (is_kept) {
        state.accept();
      } else {
        state.rollback();
      }
    }
  }
};

Block draw_block(substratee::test::SeededRandom& random, std::uint32_t range) {
  Block out;
  const auto kind = random.below(8);
  if (kind == 0) {  // a whole stretch goes
    const auto from = random.below(range);
    std::vector<Change> changes;
    for (auto i = from; i < from + range / 6; ++i)
      changes.push_back({key_of(static_cast<std::uint32_t>(i)), std::nullopt});
    out.steps.emplace_back(true, std::move(changes));
    return out;
  }
  const auto steps = kind == 1 ? 0 : 1 + random.below(kind == 2 ? 40 : 6);
  for (std::size_t step = 0; step < steps; ++step) {
    std::vector<Change> changes;
    for (std::size_t i = random.below(10) + 1; i-- > 0;) {
      const auto number = static_cast<std::uint32_t>(random.below(range));
      std::optional<Bytes> value;
      const auto what = random.below(10);
      if (what > 2) value = value_of(static_cast<std::uint32_t>(random.below(1000)), what == 9 ? 3000 : 107);
      if (what == 8 && random.below(4) == 0) value = value_of(number, 8'000 + random.below(40'000));
      changes.push_back({key_of(number), std::move(value)});
    }
    out.steps.emplace_back(random.below(4) != 0, std::move(changes));
  }
  return out;
}

struct Pair {
  Shape shape{};
  KeyRing keys = ring();
  Store store{};
  State plain = State::empty(kShard, test_cut_key(), std::nullopt, shape);
  State paged = State::empty(kShard, test_cut_key(), 0, shape);
  Bringer bringer{store, keys, 0};
  registry::BlockNumber height = 0;

  /// The same block in both.
  void step(const Block& block) {
    ++height;
    block.apply(plain);
    auto expected = state::test::commit(plain, writer_at(height), keys);
    ASSERT_NO_FATAL_FAILURE(bringer.run(paged, [&](State& state) { block.apply(state); }));
    auto got = bringer.commit(paged, writer_at(height));
    ASSERT_EQ(got.root, expected.root) << "block " << height;
    ASSERT_EQ(got.new_blocks, expected.new_blocks);
    ASSERT_EQ(got.before.size(), expected.before.size());
    ASSERT_EQ(paged.record_count(), plain.record_count());
    ASSERT_LE(paged.cached_bytes(), kLimit);
    store.add(got.new_blocks);
  }

  void fill(std::uint32_t count) {
    Block block;
    block.steps.emplace_back(true, std::vector<Change>{});
    for (std::uint32_t i = 0; i < count; ++i) block.steps.back().second.push_back({key_of(i), value_of(i)});
    step(block);
  }
};

void expect_same_roots(const Shape& shape, std::size_t rounds) {
  substratee::test::SeededRandom random(11);
  Pair pair{.shape = shape};
  pair.fill(3000);
  ASSERT_GT(pair.plain.leaf_count() * LeafCache::kCost, 4 * kLimit);
  for (std::size_t round = 0; round < rounds; ++round) {
    ASSERT_NO_FATAL_FAILURE(pair.step(draw_block(random, 4000)));
    if (round % 10 != 9) continue;
    auto again = load(pair.store, pair.paged.root(), pair.height, pair.keys, kShard, test_cut_key(), 0);
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->record_count(), pair.plain.record_count());
    EXPECT_EQ(again->cached_bytes(), 0U);
    pair.paged = *std::move(again);
  }
  EXPECT_GT(pair.bringer.brought, 100U);
}

TEST(pager, both_kinds_make_the_same_roots_within_the_bound) { expect_same_roots({}, substratee::test::effort(25)); }

TEST(pager, both_kinds_make_the_same_roots_with_padding_and_cover) {
  expect_same_roots({.padding = true, .cover = 4}, substratee::test::effort(10));
}

TEST(pager, large_values_are_read_piece_by_piece) {
  Pair pair;
  pair.fill(500);
  Block block;
  block.steps.emplace_back(true, std::vector<Change>{{key_of(7), value_of(1, 100'000)},
                                                     {key_of(300), value_of(2, 8'193)},
                                                     {key_of(499), value_of(3, stf::kMaxValueSize)}});
  ASSERT_NO_FATAL_FAILURE(pair.step(block));
  for (const std::uint32_t number : {7U, 300U, 499U}) {
    EXPECT_EQ(pair.bringer.get(pair.paged, pair.paged, {}, key_of(number)), pair.plain.get(key_of(number)));
  }
  pair.paged.begin();
  ASSERT_EQ(pair.paged.get(key_of(300)), std::nullopt);
  ASSERT_EQ(pair.paged.wanted().size(), 1U);
  const auto piece = pair.paged.wanted().front();
  Bytes block_of_it = pair.store.blocks.at(piece.to_bytes());
  block_of_it.back() ^= 1;
  EXPECT_EQ(pair.paged.provide(piece, block_of_it, pair.keys).error(), Error::kHashMismatch);
  EXPECT_EQ(pair.paged.wanted(), std::vector{piece});
  Block shorter;
  shorter.steps.emplace_back(true, std::vector<Change>{{key_of(7), value_of(1, 50'000)}, {key_of(499), std::nullopt}});
  ASSERT_NO_FATAL_FAILURE(pair.step(shorter));
  EXPECT_EQ(pair.bringer.get(pair.paged, pair.paged, {}, key_of(7)), value_of(1, 50'000));
  EXPECT_EQ(pair.bringer.get(pair.paged, pair.paged, {}, key_of(499)), std::nullopt);
}

TEST(pager, all_records_may_go_and_come_back) {
  Pair pair;
  pair.fill(1500);
  Block none;
  none.steps.emplace_back(true, std::vector<Change>{});
  for (std::uint32_t i = 0; i < 1500; ++i) none.steps.back().second.push_back({key_of(i), std::nullopt});
  ASSERT_NO_FATAL_FAILURE(pair.step(none));
  EXPECT_EQ(pair.paged.leaf_count(), 0U);
  ASSERT_NO_FATAL_FAILURE(pair.fill(1500));
}

TEST(pager, reads_of_now_and_of_the_past_are_those_of_memory) {
  substratee::test::SeededRandom random(5);
  Pair pair;
  pair.fill(2000);
  std::vector<Before> befores;
  std::map<std::uint32_t, std::optional<Bytes>> past;
  for (std::uint32_t i = 0; i < 2500; ++i) past[i] = pair.plain.get(key_of(i));
  for (int block = 0; block < 4; ++block) {
    ++pair.height;
    const auto drawn = draw_block(random, 2500);
    drawn.apply(pair.plain);
    static_cast<void>(commit(pair.plain, writer_at(pair.height), pair.keys));
    pair.bringer.run(pair.paged, [&](State& state) { drawn.apply(state); });
    auto got = pair.bringer.commit(pair.paged, writer_at(pair.height));
    pair.store.add(got.new_blocks);
    befores.push_back(std::move(got.before));
  }
  std::vector<const Before*> later;
  for (const auto& before : befores) later.push_back(&before);
  for (int i = 0; i < 3000; ++i) {
    const auto number = static_cast<std::uint32_t>(random.below(2500));
    ASSERT_EQ(pair.bringer.get(pair.paged, pair.paged, {}, key_of(number)), pair.plain.get(key_of(number)));
    ASSERT_EQ(pair.bringer.get(pair.paged, pair.paged, later, key_of(number)), past[number]);
    ASSERT_LE(pair.paged.cached_bytes(), kLimit);
  }
}

/// A paged state that misses the leaf of record 700.
struct Missing : testing::Test {
  Pair pair;
  Store old;
  ipld::Cid wanted;

  void SetUp() override {
    pair.fill(1000);
    old = pair.store;
    Block block;
    block.steps.emplace_back(true, std::vector<Change>{{key_of(700), value_of(1)}});
    pair.step(block);
    auto loaded = load(pair.store, pair.paged.root(), pair.height, pair.keys, kShard, test_cut_key(), 0);
    ASSERT_TRUE(loaded.has_value());
    pair.paged = *std::move(loaded);
    pair.paged.begin();
    EXPECT_EQ(pair.paged.get(key_of(700)), std::nullopt);
    ASSERT_TRUE(pair.paged.has_missed());
    ASSERT_EQ(pair.paged.wanted().size(), 1U);
    wanted = pair.paged.wanted().front();
  }
  const Bytes& good() const { return pair.store.blocks.at(wanted.to_bytes()); }
  Error refusal(const ipld::Cid& cid, const Bytes& block) {
    const auto taken = pair.paged.provide(cid, block, pair.keys);
    EXPECT_FALSE(taken.has_value());
    EXPECT_EQ(pair.paged.wanted(), std::vector{wanted}) << "still wanted";
    EXPECT_EQ(pair.paged.get(key_of(700)), std::nullopt);
    return taken ? Error{} : taken.error();
  }
  void TearDown() override {
    const auto root = pair.paged.root();
    ASSERT_TRUE(pair.paged.provide(wanted, good(), pair.keys).has_value());
    pair.paged.begin();
    EXPECT_EQ(pair.paged.get(key_of(700)), value_of(1));
    EXPECT_FALSE(pair.paged.has_missed());
    EXPECT_EQ(pair.paged.root(), root);
  }
};

TEST_F(Missing, withheld_leaf_is_asked_for_again) {
  for (int i = 0; i < 3; ++i) {
    pair.paged.begin();
    EXPECT_FALSE(pair.paged.has_missed());
    EXPECT_EQ(pair.paged.get(key_of(700)), std::nullopt);
    EXPECT_TRUE(pair.paged.has_missed()) << "what was read means nothing";
    EXPECT_EQ(pair.paged.wanted(), std::vector{wanted});
  }
}

TEST_F(Missing, flipped_leaf_is_refused) {
  for (const std::size_t at : {0U, 15U, 16U, 9000U, 16'383U}) {
    auto block = good();
    block[at] ^= 1;
    EXPECT_EQ(refusal(wanted, block), Error::kHashMismatch);
  }
  for (const std::size_t size : {0U, 1U, 16'383U}) EXPECT_EQ(refusal(wanted, Bytes(size)), Error::kHashMismatch);
}

TEST_F(Missing, every_other_leaf_is_refused) {
  for (const auto& [cid, block] : pair.store.blocks) {
    if (cid == wanted.to_bytes()) continue;
    EXPECT_EQ(refusal(wanted, block), Error::kHashMismatch) << "older ones of the same place are among them";
    EXPECT_EQ(refusal(*ipld::Cid::from_bytes(cid), block), Error::kNotWanted);
  }
}

TEST_F(Missing, leaf_of_another_shard_is_refused) {
  State other = State::empty(filled(0x77), test_cut_key());
  for (std::uint32_t i = 0; i < 1000; ++i) other.put(key_of(i), value_of(i == 700 ? 1 : i));
  for (const auto& block : commit(other, writer_at(2), pair.keys).new_blocks) {
    EXPECT_EQ(refusal(wanted, block.bytes), Error::kHashMismatch);
    EXPECT_EQ(refusal(block.cid, block.bytes), Error::kNotWanted);
  }
}

TEST(pager, commit_that_waits_goes_on_where_it_was) {
  Pair pair;
  pair.fill(3000);
  Block block;
  block.steps.emplace_back(true, std::vector<Change>{});
  for (std::uint32_t i = 0; i < 3000; i += 150) block.steps.back().second.push_back({key_of(i), value_of(i + 1)});
  pair.bringer.run(pair.paged, [&](State& state) { block.apply(state); });
  const auto root = pair.paged.root();
  const auto first = pair.paged.commit(writer_at(2), pair.keys);
  ASSERT_FALSE(first.has_value());
  EXPECT_EQ(first.error(), Error::kNotHere);
  EXPECT_EQ(pair.paged.root(), root);
  const auto cid = pair.paged.wanted().front();
  auto flipped = pair.store.blocks.at(cid.to_bytes());
  flipped[100] ^= 1;
  EXPECT_EQ(pair.paged.provide(cid, flipped, pair.keys).error(), Error::kHashMismatch);
  EXPECT_EQ(pair.paged.commit(writer_at(2), pair.keys).error(), Error::kNotHere);
  const auto got = pair.bringer.commit(pair.paged, writer_at(2));
  block.apply(pair.plain);
  EXPECT_EQ(got.root, commit(pair.plain, writer_at(2), pair.keys).root);
}

TEST(pager, state_in_memory_wants_nothing) {
  State state = filled_state(10);
  state.begin();
  EXPECT_EQ(state.get(key_of(11)), std::nullopt);
  EXPECT_FALSE(state.has_missed());
  EXPECT_TRUE(state.wanted().empty());
  EXPECT_EQ(state.cached_bytes(), 0U);
  EXPECT_EQ(state.provide(ipld::Cid::of_raw_block(Bytes(3)), Bytes(3), ring()).error(), Error::kNotWanted);
}

TEST(pager, discarding_takes_back_all_since_the_commit) {
  for (const CacheLimit limit : {CacheLimit{}, CacheLimit{0}}) {
    const auto keys = ring();
    State state = State::empty(kShard, test_cut_key(), limit);
    for (std::uint32_t i = 0; i < 20; ++i) state.put(key_of(i), value_of(i));
    const auto root = commit(state, writer_at(1), keys).root;
    state.put(key_of(3), value_of(9));
    state.erase(key_of(4));
    state.put(key_of(50), value_of(50));
    EXPECT_EQ(state.record_count(), 20U);
    state.erase(key_of(5));
    state.discard();
    EXPECT_EQ(state.record_count(), 20U);
    EXPECT_EQ(state.get(key_of(3)), value_of(3));
    EXPECT_EQ(state.get(key_of(4)), value_of(4));
    EXPECT_EQ(state.get(key_of(50)), std::nullopt);
    EXPECT_EQ(commit(state, writer_at(2), keys).root, root);
  }
}

}  // namespace
}  // namespace substratee::enclave::state::test
