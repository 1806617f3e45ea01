#include "node/storage/state_history.hpp"

#include "core/scale/codec.hpp"
#include "tests/support/random.hpp"

#include <gtest/gtest.h>

namespace substratee::node::storage {
namespace {

Bytes b(std::string_view text) { return to_bytes(as_bytes(text)); }

/// Every entry that the view walks through.
trie::Content walk(const runtime::StateView& view) {
  trie::Content out;
  for (auto entry = view.next({}); entry; entry = view.next(entry->first)) out.insert(*entry);
  return out;
}

TEST(state_history, sees_the_states_of_old_blocks) {
  StateHistory history({{b("a"), b("0")}}, 0, {});
  for (const Changes& changes :
       std::vector<Changes>{{{b("a"), b("1")}}, {{b("b"), b("2")}}, {{b("a"), std::nullopt}}}) {
    history.apply(changes, history.undo_of(changes));
  }
  const std::vector<trie::Content> expected = {
      {{b("a"), b("0")}}, {{b("a"), b("1")}}, {{b("a"), b("1")}, {b("b"), b("2")}}, {{b("b"), b("2")}}};
  for (std::uint32_t block = 0; block < 4; ++block) {
    const auto overlay = history.overlay_at(block);
    ASSERT_TRUE(overlay);
    EXPECT_EQ(walk(OverlayState(history.content(), *overlay)), expected[block]) << block;
  }
  EXPECT_FALSE(history.overlay_at(4));
}

TEST(state_history, keeps_256_blocks) {
  StateHistory history;
  for (std::uint32_t n = 1; n <= kUndoBlocks + 10; ++n) {
    const Changes changes = {{b("n"), scale::encode(n)}};
    history.apply(changes, history.undo_of(changes));
  }
  EXPECT_EQ(history.oldest(), 10U);
  EXPECT_FALSE(history.overlay_at(9));
  const auto overlay = history.overlay_at(10);
  ASSERT_TRUE(overlay);
  EXPECT_EQ(OverlayState(history.content(), *overlay).get(b("n")), scale::encode(std::uint32_t{10}));
}

TEST(state_history, overlay_agrees_with_a_copied_state) {
  test::SeededRandom random(7);
  StateHistory history;
  std::vector<trie::Content> copies = {{}};
  for (int block = 0; block < 40; ++block) {
    Changes changes;
    for (int i = 0; i < 5; ++i) {
      const Bytes key = {static_cast<std::uint8_t>(random.below(20))};
      changes[key] =
          random.below(3) == 0 ? std::nullopt : std::optional(Bytes{static_cast<std::uint8_t>(random.below(256))});
    }
    history.apply(changes, history.undo_of(changes));
    copies.push_back(history.content());
  }
  for (std::uint32_t block = 0; block < copies.size(); ++block) {
    const auto overlay = history.overlay_at(block);
    ASSERT_TRUE(overlay);
    EXPECT_EQ(walk(OverlayState(history.content(), *overlay)), copies[block]) << block;
  }
}

}  // namespace
}  // namespace substratee::node::storage
