#include "node/runtime/frame/overlay.hpp"

namespace substratee::node::runtime {
namespace {

Bytes b(std::string_view text) { return to_bytes(as_bytes(text)); }

std::string keys(const StateView& state) {
  std::string out;
  for (auto at = state.next({}); at; at = state.next(at->first)) out += as_text(at->first);
  return out;
}

struct OverlayTest : testing::Test {
  MemoryState base{{{b("a"), b("1")}, {b("c"), b("3")}, {b("e"), b("5")}}};
  Overlay overlay{base};
};

TEST_F(OverlayTest, reads_through_to_the_view) {
  EXPECT_EQ(overlay.get(b("a")), b("1"));
  EXPECT_EQ(overlay.get(b("b")), std::nullopt);
  EXPECT_EQ(keys(overlay), "ace");
}

TEST_F(OverlayTest, iterates_over_what_is_new_and_not_over_what_is_gone) {
  overlay.put(b("b"), b("2"));
  overlay.put(b("f"), b("6"));
  overlay.put(b("c"), b("4"));
  overlay.erase(b("a"));
  overlay.erase(b("e"));
  overlay.erase(b("x"));
  EXPECT_EQ(keys(overlay), "bcf");
  EXPECT_EQ(overlay.next(b("b"))->second, b("4"));
}

TEST_F(OverlayTest, rolls_back_to_nested_checkpoints) {
  overlay.put(b("a"), b("x"));
  const auto outer = overlay.checkpoint();
  overlay.erase(b("a"));
  const auto inner = overlay.checkpoint();
  overlay.put(b("a"), b("y"));
  overlay.put(b("b"), b("z"));
  overlay.roll_back(inner);
  EXPECT_EQ(overlay.get(b("a")), std::nullopt);
  EXPECT_EQ(overlay.get(b("b")), std::nullopt);
  overlay.roll_back(outer);
  EXPECT_EQ(overlay.get(b("a")), b("x"));
}

TEST_F(OverlayTest, gives_only_what_differs_from_the_view) {
  overlay.put(b("a"), b("1"));
  overlay.erase(b("never"));
  overlay.erase(b("c"));
  overlay.put(b("d"), b("4"));
  const Changes expected{{b("c"), std::nullopt}, {b("d"), b("4")}};
  EXPECT_EQ(std::move(overlay).take(), expected);
}

TEST_F(OverlayTest, changes_apply_to_the_state) {
  overlay.erase(b("c"));
  overlay.put(b("d"), b("4"));
  base.apply(std::move(overlay).take());
  EXPECT_EQ(keys(base), "ade");
}

}  // namespace
}  // namespace substratee::node::runtime
