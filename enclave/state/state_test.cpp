#include "enclave/state/state.hpp"

#include "core/base/hex.hpp"
#include "core/ipld/unixfs.hpp"
#include "enclave/state/fixture_test.hpp"
#include "tests/support/random.hpp"

#include <algorithm>
#include <numeric>
#include <set>

namespace substratee::enclave::state::test {
namespace {

std::size_t encrypted_count(const Commit& commit) {
  return static_cast<std::size_t>(std::ranges::count_if(
      commit.new_blocks, [](const ipld::Block& block) { return block.cid.codec == ipld::Codec::kRaw; }));
}

TEST(state, is_a_map) {
  State state = new_state();
  EXPECT_EQ(state.get(as_bytes("a")), std::nullopt);
  state.put(as_bytes("a"), as_bytes("1"));
  state.put(as_bytes("a"), as_bytes("2"));
  state.put(as_bytes("b"), {});
  EXPECT_EQ(state.get(as_bytes("a")), to_bytes(as_bytes("2")));
  EXPECT_EQ(state.get(as_bytes("b")), Bytes{});
  state.erase(as_bytes("a"));
  state.erase(as_bytes("none"));
  EXPECT_EQ(state.get(as_bytes("a")), std::nullopt);
  EXPECT_EQ(state.record_count(), 1U);
}

TEST(state, rollback_restores_and_accept_keeps) {
  State state = new_state();
  state.put(as_bytes("kept"), as_bytes("old"));
  state.put(as_bytes("gone"), as_bytes("old"));
  state.checkpoint();
  state.put(as_bytes("kept"), as_bytes("new"));
  state.put(as_bytes("kept"), as_bytes("newer"));
  state.put(as_bytes("fresh"), as_bytes("x"));
  state.erase(as_bytes("gone"));
  state.rollback();
  EXPECT_EQ(state.get(as_bytes("kept")), to_bytes(as_bytes("old")));
  EXPECT_EQ(state.get(as_bytes("gone")), to_bytes(as_bytes("old")));
  EXPECT_EQ(state.get(as_bytes("fresh")), std::nullopt);
  state.checkpoint();
  state.put(as_bytes("kept"), as_bytes("new"));
  state.accept();
  state.checkpoint();
  state.rollback();
  EXPECT_EQ(state.get(as_bytes("kept")), to_bytes(as_bytes("new")));
}

TEST(state, what_is_rolled_back_makes_no_root) {
  const auto keys = ring();
  State state = filled_state(200);
  const auto first = commit(state, writer_at(1), keys);
  state.checkpoint();
  state.put(key_of(7), value_of(8));
  state.erase(key_of(9));
  state.rollback();
  const auto second = commit(state, writer_at(2), keys);
  EXPECT_FALSE(second.changed);
  EXPECT_EQ(second.root, first.root);
  EXPECT_TRUE(second.new_blocks.empty());
}

/// One leaf, then many records before and behind it: for some cut keys its first record begins a leaf again.
TEST(state, the_first_leaf_may_begin_a_leaf_again_behind_new_records) {
  const auto keys = ring();
  substratee::test::SeededRandom random(7);
  for (int round = 0; round < 300; ++round) {
    const auto cut_key = crypto::Secret<32>::draw(random);
    State state = State::empty(kShard, *crypto::Secret<32>::from(cut_key.view()));
    state.put(key_of(80), value_of(80));
    ASSERT_TRUE(state.commit(writer_at(1), keys));
    for (std::uint32_t i = 0; i < 120; ++i) {
      if (i != 80) state.put(key_of(i), value_of(i));
    }
    const auto made = state.commit(writer_at(2), keys);
    ASSERT_TRUE(made);
    State anew = State::empty(kShard, *crypto::Secret<32>::from(cut_key.view()));
    for (std::uint32_t i = 0; i < 120; ++i) anew.put(key_of(i), value_of(i));
    ASSERT_TRUE(anew.commit(writer_at(2), keys));
    EXPECT_EQ(state.leaf_count(), anew.leaf_count()) << "cut alike, round " << round;
  }
}

TEST(state, the_first_root_is_made_without_records) {
  const auto keys = ring();
  State state = new_state();
  EXPECT_FALSE(state.has_root());
  const auto first = commit(state, writer_at(1), keys);
  EXPECT_TRUE(first.changed);
  EXPECT_TRUE(state.has_root());
  EXPECT_EQ(encrypted_count(first), 2U);
  EXPECT_FALSE(commit(state, writer_at(2), keys).changed);
}

TEST(state, insertion_order_does_not_matter) {
  const auto keys = ring();
  std::vector<std::uint32_t> order(1000);
  std::iota(order.begin(), order.end(), 0U);
  State sorted = filled_state(1000);
  const auto expected = commit(sorted, writer_at(1), keys);
  substratee::test::SeededRandom random(3);
  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
    State state = new_state();
    state.put(as_bytes("not for long"), as_bytes("x"));
    for (const auto number : order) state.put(key_of(number), value_of(number));
    state.erase(as_bytes("not for long"));
    const auto got = commit(state, writer_at(1), keys);
    EXPECT_EQ(got.root, expected.root);
    EXPECT_EQ(got.new_blocks, expected.new_blocks);
  }
}

TEST(state, a_value_that_returns_within_a_block_keeps_the_root) {
  const auto keys = ring();
  State state = filled_state(300);
  const auto first = commit(state, writer_at(1), keys);
  state.put(key_of(5), value_of(6));
  state.put(key_of(5), value_of(5));
  state.erase(key_of(6));
  state.put(key_of(6), value_of(6));
  const auto second = commit(state, writer_at(2), keys);
  EXPECT_FALSE(second.changed);
  EXPECT_EQ(second.root, first.root);
}

TEST(state, a_value_that_returns_in_a_later_block_gets_new_cids) {
  const auto keys = ring();
  State state = filled_state(300);
  const auto first = commit(state, writer_at(1), keys);
  std::set<Bytes> known;
  for (const auto& block : first.new_blocks) known.insert(block.cid.to_bytes());
  state.put(key_of(5), value_of(6));
  commit(state, writer_at(2), keys);
  state.put(key_of(5), value_of(5));
  const auto third = commit(state, writer_at(3), keys);
  EXPECT_TRUE(third.changed);
  EXPECT_NE(third.root, first.root);
  for (const auto& block : third.new_blocks) EXPECT_FALSE(known.contains(block.cid.to_bytes()));
}

TEST(state, the_block_and_the_epoch_enter_the_root) {
  const auto keys = ring(2);
  const auto root_by = [&](const Writer& writer) {
    State state = filled_state(10);
    return commit(state, writer, keys).root;
  };
  const Writer writer = writer_at(1);
  Writer other_hash = writer;
  other_hash.block_hash = filled(0xee);
  EXPECT_EQ(root_by(writer), root_by(writer));
  EXPECT_NE(root_by(writer), root_by(other_hash));
  EXPECT_NE(root_by(writer), root_by(writer_at(1, 2)));
}

TEST(state, a_change_seals_one_leaf_and_its_path) {
  const auto keys = ring();
  State state = filled_state(3000);
  commit(state, writer_at(1), keys);
  EXPECT_GT(state.leaf_count(), 20U);
  state.put(key_of(1234), value_of(1));
  const auto change = commit(state, writer_at(2), keys);
  EXPECT_EQ(encrypted_count(change), 3U);        // leaf, page, manifest
  EXPECT_EQ(change.new_blocks.size(), 3U + 2U);  // and file node of the leaves, directory
  EXPECT_EQ(change.new_blocks.back().cid.to_cid_bytes(), change.root);
}

TEST(state, many_small_leaves_grow_a_second_level_of_pages) {
  const auto keys = ring();
  State state = new_state();
  for (std::uint32_t i = 0; i < 600; ++i) state.put(key_of(i), value_of(i, 8000));
  const auto first = commit(state, writer_at(1), keys);
  EXPECT_GT(state.leaf_count(), 250U);
  state.put(key_of(300), value_of(1, 8000));
  const auto change = commit(state, writer_at(2), keys);
  EXPECT_EQ(encrypted_count(change), 4U);  // leaf, two pages, manifest
  Store store;
  store.add(first.new_blocks);
  store.add(change.new_blocks);
  EXPECT_TRUE(load(store, change.root, 2, keys).has_value());
}

TEST(state, deleting_merges_leaves_down_to_nothing) {
  const auto keys = ring();
  State state = filled_state(1000);
  commit(state, writer_at(1), keys);
  const auto leaves = state.leaf_count();
  for (std::uint32_t i = 0; i < 900; ++i) state.erase(key_of(i));
  Store store;
  store.add(commit(state, writer_at(2), keys).new_blocks);
  EXPECT_LT(state.leaf_count(), leaves / 4);
  for (std::uint32_t i = 900; i < 1000; ++i) state.erase(key_of(i));
  const auto last = commit(state, writer_at(3), keys);
  store.add(last.new_blocks);
  EXPECT_EQ(state.leaf_count(), 0U);
  const auto loaded = load(store, last.root, 3, keys);
  ASSERT_TRUE(loaded.has_value());
  EXPECT_EQ(loaded->record_count(), 0U);
}

TEST(state, every_encrypted_block_has_one_size_and_shows_nothing) {
  const auto keys = ring();
  State state = new_state();
  const std::string_view secret_text = "a text that must not be seen outside";
  for (std::uint32_t i = 0; i < 500; ++i) state.put(key_of(i), as_bytes(secret_text));
  const auto made = commit(state, writer_at(1), keys);
  for (const auto& block : made.new_blocks) {
    if (block.cid.codec == ipld::Codec::kRaw) EXPECT_EQ(block.bytes.size(), kBlockSize);
    EXPECT_EQ(as_text(block.bytes).find(secret_text.substr(0, 8)), std::string_view::npos);
    EXPECT_TRUE(std::ranges::search(block.bytes, key_of(3)).empty());
    EXPECT_TRUE(std::ranges::search(block.bytes, kShard.bytes).empty());
    EXPECT_TRUE(std::ranges::search(block.bytes, writer_at(1).block_hash.bytes).empty());
  }
}

TEST(state, the_root_is_a_unixfs_directory_of_whole_files) {
  const auto keys = ring();
  State state = filled_state(5000);
  Store store;
  const auto made = commit(state, writer_at(1), keys);
  store.add(made.new_blocks);
  const auto entries = ipld::read_directory(store.blocks.at(to_bytes(made.root.bytes)));
  ASSERT_TRUE(entries.has_value());
  ASSERT_EQ(entries->size(), 3U);
  EXPECT_EQ((*entries)[0].name, "index");
  EXPECT_EQ((*entries)[1].name, "leaves");
  EXPECT_EQ((*entries)[2].name, "manifest");
  const auto leaves = ipld::read_file_node(store.blocks.at((*entries)[1].child.cid.to_bytes()));
  ASSERT_TRUE(leaves.has_value());
  EXPECT_EQ(leaves->content_size, state.leaf_count() * kBlockSize);
  EXPECT_EQ((*entries)[2].child.cid.codec, ipld::Codec::kRaw);
}

TEST(state, no_commit_without_the_epochs_key) {
  const auto keys = ring(1);
  State state = filled_state(10);
  const auto refused = state.commit(writer_at(1, 2), keys);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error(), Error::kUnknownEpoch);
  EXPECT_TRUE(commit(state, writer_at(1), keys).changed);
}

TEST(state, the_past_can_be_read) {
  const auto keys = ring();
  State state = new_state();
  state.put(as_bytes("a"), as_bytes("1"));
  commit(state, writer_at(1), keys);
  state.put(as_bytes("a"), as_bytes("2"));
  state.put(as_bytes("b"), as_bytes("2"));
  const auto second = commit(state, writer_at(2), keys);
  state.put(as_bytes("a"), as_bytes("3"));
  state.put(as_bytes("c"), as_bytes("3"));
  const auto third = commit(state, writer_at(3), keys);
  const Before* later[] = {&second.before, &third.before};
  const PastReader at_first(state, later);
  EXPECT_EQ(at_first.get(as_bytes("a")), to_bytes(as_bytes("1")));
  EXPECT_EQ(at_first.get(as_bytes("b")), std::nullopt);
  EXPECT_EQ(at_first.get(as_bytes("c")), std::nullopt);
  const PastReader at_second(state, std::span(later).last(1));
  EXPECT_EQ(at_second.get(as_bytes("a")), to_bytes(as_bytes("2")));
  EXPECT_EQ(at_second.get(as_bytes("b")), to_bytes(as_bytes("2")));
}

TEST(stateDeathTest, keys_and_values_above_their_bounds_are_a_bug) {
  State state = new_state();
  state.put(Bytes(stf::kMaxKeySize, 1), Bytes(stf::kMaxValueSize, 1));
  EXPECT_DEATH(state.put(Bytes(stf::kMaxKeySize + 1, 1), {}), "kMaxKeySize");
  EXPECT_DEATH(state.put({}, Bytes(stf::kMaxValueSize + 1, 1)), "kMaxValueSize");
}

std::string root_text(const Commit& commit) { return to_hex(commit.root.bytes); }

/// Roots and counts computed from FORMAT.md by an independent program (Python, its own AES-SIV): for a state without
/// and with padding and cover, the roots of five transitions.
struct Expectation {
  Shape shape;
  std::array<std::string_view, 5> roots;
  std::array<std::size_t, 5> leaves;
  std::array<std::size_t, 5> dirty;  ///< new blocks of leaves and pieces
};

const Expectation kPlain{{},
                         {"01701220fafacd1a1463ef04d29b0c7361bad61eac932db1376e9103532bc483e827f8d1",
                          "01701220b968ae6787c3542b7109899ced4f9cafad5d9787a67606f8c10daadbd5abcd14",
                          "01701220a7b098bfb026fa04658fd1abf69a5eec2edd8063ef366a11820ec16d594fc35c",
                          "0170122092419fad3d94de5eb9dc639fb3a63cf14a3a603e47ed43fedda610a3589a40ae",
                          "017012205d79d741b86a65378beefa13e5e90edf1b29c8348a98db2e238aab7e6df40825"},
                         {0, 24, 24, 338, 339},
                         {0, 24, 12, 323, 12}};
const Expectation kShaped{{.padding = true, .cover = 5},
                          {"0170122081f4ff86114d8493a682682e1cf679653bc7fb00a14a8c348fe7ae4f5f32d9c9",
                           "01701220614240a307df5383202d8f332e1e67555e8fbbe2bc0787a8b718f891047f6581",
                           "0170122097c3157236a53081b96411de014dc916ea71441170a0920aba5d404ea27bdd16",
                           "017012208a37b8709faa6b98caecf2eba42258e29a0dd008df9f943e0d67ecefdbf3024e",
                           "017012205865cbeac3494cf1b602ab4f323c042eddde8379335a1d70fc6f99bcced74c37"},
                          {0, 24, 24, 344, 346},
                          {0, 24, 24, 352, 32}};

void write_step(State& state, std::size_t step) {
  if (step == 1) {
    for (std::uint32_t i = 0; i < 2000; ++i) state.put(key_of(i), value_of(i));
  } else if (step == 2) {
    state.put(key_of(1000), value_of(7));
    state.erase(key_of(3));
    state.put(key_of(5000), value_of(1, 8192));
  } else if (step == 3) {
    for (std::uint32_t i = 0; i < 600; ++i) state.put(key_of(10'000 + i), value_of(i, 8000));
    state.put(key_of(1500), value_of(3, 100'000));
    state.put(key_of(6000), value_of(4, 8193));
  } else if (step == 4) {
    Bytes value = *state.get(key_of(1500));
    value[20'000] ^= 1;
    value.resize(90'000);
    state.put(key_of(1500), value);
    state.put(key_of(6000), value_of(4, 8192));
  }
}

void expect_roots(const Expectation& expected) {
  const auto keys = ring(2);
  Store store;
  State state = State::empty(kShard, test_cut_key(), std::nullopt, expected.shape);
  for (std::size_t step = 0; step < expected.roots.size(); ++step) {
    write_step(state, step);
    const auto height = static_cast<registry::BlockNumber>(step + 1);
    const auto made = commit(state, writer_at(height, step < 2 ? 1 : 2), keys);
    EXPECT_EQ(root_text(made), expected.roots[step]) << step;
    EXPECT_EQ(state.leaf_count(), expected.leaves[step]) << step;
    const auto old = store;
    store.add(made.new_blocks);
    const auto blocks = leaf_blocks(store, made.root);
    const auto dirty = std::ranges::count_if(blocks, [&](const Bytes& cid) { return !old.blocks.contains(cid); });
    EXPECT_EQ(static_cast<std::size_t>(dirty), expected.dirty[step]) << step;
    const auto loaded = load(store, made.root, height, keys);
    ASSERT_TRUE(loaded.has_value()) << to_string(loaded.error());
    EXPECT_EQ(loaded->shape(), expected.shape);
  }
}

TEST(state, roots_are_those_of_the_format) { expect_roots(kPlain); }
TEST(state, roots_with_padding_and_cover_are_those_of_the_format) { expect_roots(kShaped); }

/// Random transitions against std::map; one state stays in memory, one is closed and opened again and again.
TEST(state, random_histories_agree_with_a_plain_map_and_with_a_reopened_state) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    substratee::test::SeededRandom random(seed);
    auto keys = ring();
    std::map<Bytes, Bytes> model;
    State state = new_state();
    Store store;
    const auto founding = commit(state, writer_at(1), keys);
    store.add(founding.new_blocks);
    auto reopened = load(store, founding.root, 1, keys);
    ASSERT_TRUE(reopened.has_value());
    for (registry::BlockNumber height = 2; height < 26; ++height) {
      if (height == 12) keys.add(2, secret(2));
      const auto writes = random.below(height % 5 == 0 ? 300 : 12);
      for (std::uint64_t i = 0; i < writes; ++i) {
        const Bytes key = key_of(static_cast<std::uint32_t>(random.below(700)) * 9'000'011U);
        const auto size = random.below(16) == 0 ? random.below(8193) : random.below(200);
        const Bytes value = value_of(static_cast<std::uint32_t>(random.below(1000)), size);
        if (random.below(3) == 0) {
          state.erase(key);
          reopened->erase(key);
          model.erase(key);
        } else {
          state.put(key, value);
          reopened->put(key, value);
          model.insert_or_assign(key, value);
        }
      }
      const auto writer = writer_at(height, height < 12 ? 1 : 2);
      const auto mine = commit(state, writer, keys);
      const auto theirs = commit(*reopened, writer, keys);
      ASSERT_EQ(mine.root, theirs.root) << "seed " << seed << " height " << height;
      ASSERT_EQ(mine.new_blocks, theirs.new_blocks);
      store.add(mine.new_blocks);
      reopened = load(store, mine.root, height, keys);
      ASSERT_TRUE(reopened.has_value()) << to_string(reopened.error()) << " seed " << seed << " height " << height;
    }
    ASSERT_EQ(reopened->record_count(), model.size());
    for (const auto& [key, value] : model) {
      ASSERT_EQ(reopened->get(key), value);
      ASSERT_EQ(state.get(key), value);
    }
  }
}

TEST(state, a_leaf_of_one_record_that_was_touched_and_not_changed_stays_at_hand) {
  auto state = State::empty(kShard, test_cut_key());
  for (std::uint32_t i = 1; i <= 5; ++i) state.put(key_of(i), value_of(i, kMaxInlineSize));
  ASSERT_TRUE(state.commit(writer_at(1), ring()).has_value());
  ASSERT_EQ(state.leaf_count(), 5U);
  for (std::uint32_t touched = 2; touched <= 5; ++touched) {
    state.put(key_of(touched - 1), value_of(touched, kMaxInlineSize - touched));
    state.put(key_of(touched), value_of(touched, kMaxInlineSize));
    ASSERT_TRUE(state.commit(writer_at(touched), ring()).has_value());
    for (std::uint32_t i = 1; i <= 5; ++i) ASSERT_TRUE(state.get(key_of(i)).has_value()) << i;
  }
}

}  // namespace
}  // namespace substratee::enclave::state::test
