#include "enclave/executor/shard_view.hpp"

#include <gtest/gtest.h>

namespace substratee::enclave::executor {
namespace {

using registry::Journal;
using registry::MemberStatus;

constexpr registry::ShardId kShard{{1}};
constexpr registry::ShardId kOther{{2}};

registry::CallForwarded call(std::uint8_t text, const registry::ShardId& shard = kShard) {
  return {shard, {}, {1, 1, {}, {{text}}}};
}
registry::StateAgreed agreed(primitives::BlockNumber block) { return {kShard, {block, {}, {}, {}}, 1, {}}; }
registry::ShardFounded founded(registry::Epoch epoch) { return {kShard, epoch, {}, {}, {}}; }
registry::MemberChanged changed(std::uint8_t account, MemberStatus status) { return {kShard, {{account}}, {}, status}; }

struct View {
  ShardView view{kShard};
  primitives::BlockNumber head = 0;

  void block(Journal journal) { view.apply({++head, {}, std::move(journal)}); }
  /// As a restarted enclave has it.
  void restart() { view = ShardView(kShard, view.place()); }
};

TEST(shard_view, a_place_keeps_members_founding_and_agreement) {
  View it;
  it.block({changed(1, MemberStatus::kActive), changed(2, MemberStatus::kQuarantined), founded(3)});
  it.block({agreed(1)});
  it.restart();
  EXPECT_EQ(it.view.member({{1}})->status, MemberStatus::kActive);
  EXPECT_EQ(it.view.quarantined_count(), 1u);
  EXPECT_EQ(it.view.founding()->epoch, 3u);
  EXPECT_EQ(it.view.founding()->block, 1u);
  EXPECT_EQ(it.view.agreed()->block_number, 1u);
  EXPECT_EQ(it.view.newest_work(), 1u);
  EXPECT_TRUE(it.view.has_all_work());
}

TEST(shard_view, work_before_the_place_must_be_agreed_before_the_state_can_be_opened) {
  View it;
  it.block({founded(1)});
  it.block({agreed(1), call(1)});
  it.restart();
  EXPECT_FALSE(it.view.has_work());
  EXPECT_FALSE(it.view.has_all_work()) << "the call of block 2 is gone";
  it.block({call(2)});
  EXPECT_FALSE(it.view.has_all_work());
  it.block({agreed(2)});
  EXPECT_TRUE(it.view.has_all_work());
  ASSERT_TRUE(it.view.has_work());
  EXPECT_EQ(it.view.take_work().block, 3u);
}

TEST(shard_view, a_reopened_founding_voids_the_work_of_before) {
  View it;
  it.block({founded(1), call(1)});
  it.restart();
  EXPECT_FALSE(it.view.has_all_work());
  it.block({registry::FoundingReopened{kShard, 1}});
  EXPECT_TRUE(it.view.has_all_work());
  EXPECT_EQ(it.view.newest_work(), 0u);
  EXPECT_EQ(it.view.void_epoch(), 1u);
  EXPECT_FALSE(it.view.founding());
}

TEST(shard_view, calls_are_counted_from_the_journal_s_beginning_even_where_some_are_void) {
  View it;
  it.block({call(1, kOther), call(2), registry::FoundingReopened{kShard, 1}, call(3), founded(2), call(4)});
  ASSERT_TRUE(it.view.has_work());
  const auto work = it.view.take_work();
  ASSERT_EQ(work.calls.size(), 3u);
  EXPECT_EQ(work.void_calls, 2u);
  EXPECT_EQ(work.calls[2].sealed_call.ciphertext.value, Bytes{4});
}

}  // namespace
}  // namespace substratee::enclave::executor
