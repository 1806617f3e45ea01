// Properties of the state over random histories, found and shrunk by rapidcheck; the model is std::map.
// RC_PARAMS="max_success=1000" does more; so does ./test.sh --long.
#include "enclave/state/fixture_test.hpp"
#include "tests/support/effort.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <cstdlib>

namespace substratee::enclave::state::test {
namespace {

using Model = std::map<Bytes, Bytes>;

/// One write. `size` nothing: the record goes.
struct Write {
  std::uint32_t key = 0;
  std::uint32_t seed = 0;
  std::optional<std::size_t> size;
};

/// Writes of one call, kept or taken back.
struct Call {
  bool is_kept = true;
  std::vector<Write> writes;
};

using Block = std::vector<Call>;

std::ostream& operator<<(std::ostream& out, const Write& write) {
  out << write.key;
  if (!write.size) return out << " erased";
  return out << " = " << *write.size << " bytes of " << write.seed;
}
std::ostream& operator<<(std::ostream& out, const Call& call) {
  out << (call.is_kept ? "kept{" : "taken back{");
  for (const auto& write : call.writes) out << write << "; ";
  return out << "}";
}

constexpr std::uint32_t kKeys = 400;

/// Sizes that matter: small, around the largest leaf, around one and more pieces.
rc::Gen<std::size_t> sizes() {
  return rc::gen::weightedOneOf<std::size_t>(
      {{20, rc::gen::inRange<std::size_t>(0, 300)},
       {3, rc::gen::inRange<std::size_t>(kMaxInlineSize - 20, kMaxInlineSize + 3)},
       {1, rc::gen::inRange<std::size_t>(kPieceSize - 2, kPieceSize + 3)},
       {1, rc::gen::inRange<std::size_t>(2 * kPieceSize - 1, 2 * kPieceSize + 2)}});
}

rc::Gen<Write> writes() {
  return rc::gen::build<Write>(
      rc::gen::set(&Write::key, rc::gen::inRange<std::uint32_t>(0, kKeys)),
      rc::gen::set(&Write::seed, rc::gen::inRange<std::uint32_t>(0, 4)),
      rc::gen::set(&Write::size, rc::gen::weightedOneOf<std::optional<std::size_t>>(
                                     {{3, rc::gen::map(sizes(), [](std::size_t size) { return std::optional(size); })},
                                      {1, rc::gen::just(std::optional<std::size_t>())}})));
}

rc::Gen<Call> calls() {
  return rc::gen::build<Call>(rc::gen::set(&Call::is_kept, rc::gen::weightedElement<bool>({{3, true}, {1, false}})),
                              rc::gen::set(&Call::writes, rc::gen::container<std::vector<Write>>(writes())));
}

rc::Gen<Block> blocks() { return rc::gen::container<Block>(calls()); }

rc::Gen<Shape> shapes() {
  return rc::gen::element(Shape{}, Shape{.padding = true, .cover = 0}, Shape{.padding = true, .cover = 3});
}

/// Not in the order of their numbers, as accounts are not.
Bytes model_key(const Write& write) { return key_of(write.key * 2'654'435'761U); }

template <class Map>
void apply(const Write& write, Map& map) {
  if (write.size) {
    map.put(model_key(write), value_of(write.seed, *write.size));
  } else {
    map.erase(model_key(write));
  }
}

void apply(const Block& block, State& state, Model& model) {
  for (const auto& call : block) {
    Model next = model;
    state.checkpoint();
    for (const auto& write : call.writes) {
      apply(write, state);
      if (write.size) {
        next.insert_or_assign(model_key(write), value_of(write.seed, *write.size));
      } else {
        next.erase(model_key(write));
      }
    }
    if (call.is_kept) {
      state.accept();
      model = std::move(next);
    } else {
      state.rollback();
    }
  }
}

void expect_equal(const State& state, const Model& model) {
  RC_ASSERT(state.record_count() == model.size());
  for (std::uint32_t i = 0; i < kKeys; ++i) {
    const auto key = model_key({.key = i, .seed = 0, .size = {}});
    const auto found = model.find(key);
    RC_ASSERT(state.get(key) == (found == model.end() ? std::nullopt : std::optional(found->second)));
  }
}

/// A state with so many records, committed at height 1.
State base_state(std::uint32_t records, const Shape& shape, Model& model, Store& store) {
  State state = State::empty(kShard, test_cut_key(), std::nullopt, shape);
  Block fill(1);
  for (std::uint32_t i = 0; i < records; ++i) fill.front().writes.push_back({i, i, 107});
  apply(fill, state, model);
  store.add(state.commit(writer_at(1), ring())->new_blocks);
  return state;
}

/// Checks, with as many tries as the effort says; a test of few large cases says how many.
template <class Property>
void check(std::size_t tries, Property property) {
  const auto count = std::to_string(substratee::test::effort(tries));
  if (std::getenv("RC_PARAMS") == nullptr) {
    ::setenv("RC_PARAMS", ("max_success=" + count + " max_size=30 noshrink=0 seed=7").c_str(), 1);
    EXPECT_TRUE(rc::check(property));
    ::unsetenv("RC_PARAMS");
  } else {
    EXPECT_TRUE(rc::check(property));
  }
}

TEST(stateProperty, it_is_a_map_with_calls_that_can_be_taken_back) {
  check(25, [] {
    Model model;
    Store store;
    auto state = base_state(*rc::gen::inRange<std::uint32_t>(0, kKeys), *shapes(), model, store);
    registry::BlockNumber height = 1;
    for (const auto& block : *rc::gen::container<std::vector<Block>>(blocks())) {
      const auto before = model;
      apply(block, state, model);
      expect_equal(state, model);
      const auto made = state.commit(writer_at(++height), ring());
      RC_ASSERT(made.has_value());
      RC_ASSERT(made->changed == (model != before));  // no effect, no new root
      expect_equal(state, model);
    }
  });
}

TEST(stateProperty, step_by_step_equals_rebuilt_from_the_root_before) {
  check(15, [] {
    const auto keys = ring();
    Model model;
    Store store;
    auto state = base_state(*rc::gen::inRange<std::uint32_t>(0, kKeys), *shapes(), model, store);
    registry::BlockNumber height = 1;
    for (const auto& block : *rc::gen::container<std::vector<Block>>(3, blocks())) {
      auto rebuilt = load(store, state.root(), height, keys);
      RC_ASSERT(rebuilt.has_value());
      auto same_model = model;
      apply(block, *rebuilt, same_model);
      apply(block, state, model);
      const auto mine = *state.commit(writer_at(++height), keys);
      const auto theirs = *rebuilt->commit(writer_at(height), keys);
      RC_ASSERT(mine.root == theirs.root);
      RC_ASSERT(mine.new_blocks == theirs.new_blocks);
      for (const auto& made : mine.new_blocks) RC_ASSERT(!store.blocks.contains(made.cid.to_bytes()));
      store.add(mine.new_blocks);
      RC_ASSERT(load(store, mine.root, height, keys).has_value());
    }
  });
}

TEST(stateProperty, only_the_last_write_of_each_key_counts_and_their_order_does_not) {
  check(25, [] {
    const auto keys = ring();
    Model model;
    Store store;
    auto state = base_state(200, *shapes(), model, store);
    auto other = *load(store, state.root(), 1, keys);
    const auto block = *blocks();
    Model last = model;
    apply(block, state, model);
    // What has changed, in any order, with detours.
    std::vector<std::pair<Bytes, std::optional<Bytes>>> changes;
    for (const auto& [key, value] : model) changes.emplace_back(key, value);
    for (const auto& [key, value] : last) {
      if (!model.contains(key)) changes.emplace_back(key, std::nullopt);
    }
    std::ranges::rotate(
        changes, changes.begin() + (changes.empty() ? 0 : *rc::gen::inRange<int>(0, static_cast<int>(changes.size()))));
    if (*rc::gen::arbitrary<bool>()) std::ranges::reverse(changes);
    for (const auto& [key, value] : changes) {
      other.put(key, as_bytes("a detour"));
      if (value) {
        other.put(key, *value);
      } else {
        other.erase(key);
      }
    }
    const auto mine = *state.commit(writer_at(2), keys);
    const auto theirs = *other.commit(writer_at(2), keys);
    RC_ASSERT(mine.root == theirs.root);
    RC_ASSERT(mine.changed == theirs.changed);
    RC_ASSERT(mine.new_blocks == theirs.new_blocks);
  });
}

TEST(stateProperty, what_returns_within_a_block_keeps_its_cids) {
  check(25, [] {
    const auto keys = ring();
    Model model;
    Store store;
    auto state = base_state(*rc::gen::inRange<std::uint32_t>(0, kKeys), *shapes(), model, store);
    const auto root = state.root();
    const auto before = model;
    apply(*blocks(), state, model);
    for (const auto& [key, value] : model) {
      if (!before.contains(key)) state.erase(key);
    }
    for (const auto& [key, value] : before) state.put(key, value);
    const auto made = *state.commit(writer_at(2), keys);
    RC_ASSERT(!made.changed);
    RC_ASSERT(made.new_blocks.empty());
    RC_ASSERT(made.root == root);
  });
}

TEST(stateProperty, the_cuts_depend_on_the_content_alone) {
  check(15, [] {
    const auto keys = ring();
    Model model;
    Store store;
    auto state = base_state(*rc::gen::inRange<std::uint32_t>(0, kKeys), {}, model, store);
    for (registry::BlockNumber height = 2; height < 5; ++height) {
      apply(*blocks(), state, model);
      store.add(state.commit(writer_at(height), keys)->new_blocks);
    }
    State fresh = new_state();
    for (const auto& [key, value] : model) fresh.put(key, value);
    Store fresh_store;
    const auto made = *fresh.commit(writer_at(9), keys);
    fresh_store.add(made.new_blocks);
    RC_ASSERT(fresh.leaf_count() == state.leaf_count());
    RC_ASSERT(leaf_blocks(fresh_store, made.root).size() == leaf_blocks(store, state.root()).size());
  });
}

TEST(stateProperty, any_other_block_in_a_blocks_place_is_refused) {
  check(25, [] {
    const auto keys = ring();
    Model model;
    Store store;
    auto state = base_state(300, *shapes(), model, store);
    apply(*blocks(), state, model);
    store.add(state.commit(writer_at(2), keys)->new_blocks);
    auto loader = *Loader::start(state.root(), kShard, 2, keys, test_cut_key());
    while (!loader.is_complete()) {
      const auto cid = loader.wanted(1).front();
      const auto genuine = store.blocks.at(cid.to_bytes());
      Bytes forged = genuine;
      switch (*rc::gen::inRange(0, 3)) {
        case 0:
          forged[*rc::gen::inRange<std::size_t>(0, forged.size())] ^= *rc::gen::inRange<std::uint8_t>(1, 255);
          break;
        case 1: forged.resize(*rc::gen::inRange<std::size_t>(0, forged.size())); break;
        default:
          forged =
              std::next(store.blocks.begin(), *rc::gen::inRange<int>(0, static_cast<int>(store.blocks.size())))->second;
      }
      const auto taken = loader.provide(cid, forged);
      RC_ASSERT(taken.has_value() == (forged == genuine));
      if (taken) continue;
      RC_ASSERT(taken.error() == Error::kHashMismatch);
      RC_ASSERT(loader.provide(cid, genuine).has_value());
    }
    const auto opened = std::move(loader).finish();
    RC_ASSERT(opened.has_value());
    expect_equal(*opened, model);
  });
}

TEST(stateProperty, an_old_root_opens_as_the_old_state_or_not_at_all) {
  check(15, [] {
    const auto keys = ring();
    Model model;
    Store store;
    auto state = base_state(300, *shapes(), model, store);
    const auto old_root = state.root();
    const auto old_model = model;
    apply(*blocks(), state, model);
    const auto made = *state.commit(writer_at(5), keys);
    store.add(made.new_blocks);
    const auto old = load(store, old_root, 5, keys);
    RC_ASSERT(old.has_value());
    expect_equal(*old, old_model);
    const auto early = load(store, made.root, 4, keys);
    RC_ASSERT(early.has_value() == !made.changed);
    if (made.changed) RC_ASSERT(early.error() == Error::kTooNew);
  });
}

}  // namespace
}  // namespace substratee::enclave::state::test
