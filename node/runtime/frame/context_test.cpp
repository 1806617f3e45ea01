#include "node/runtime/frame/context.hpp"

namespace substratee::node::runtime {
namespace {

TEST(context, rolls_back_state_events_and_journal_together) {
  const MemoryState base;
  Context context(base, 1);
  context.state.put({1}, {1});
  context.deposit(0, std::uint8_t{1});
  context.journal.emplace_back(registry::FoundingReopened{});
  const auto before = context.checkpoint();
  context.state.put({2}, {2});
  context.deposit(0, std::uint8_t{2});
  context.journal.emplace_back(registry::FoundingReopened{});
  context.roll_back(before);
  EXPECT_EQ(context.events().size(), 1u);
  EXPECT_EQ(context.journal.size(), 1u);
  EXPECT_EQ(std::move(context.state).take(), (Changes{{Bytes{1}, Bytes{1}}}));
}

}  // namespace
}  // namespace substratee::node::runtime
