#include "node/runtime/scenario_test.hpp"

namespace substratee::node::runtime::test {
namespace {

using registry::Error;

TEST(founding, the_first_included_wins_and_is_the_only_active_member) {
  Chain chain;
  const Worker a(1), b(2);
  chain.block({{a, a.registers(chain)}, {b, b.registers(chain)}});
  chain.block({{a, a.founds(7)}, {b, b.founds(8)}});
  EXPECT_FALSE(chain.failure_of(0));
  EXPECT_EQ(chain.failure_of(1), refused(Error::kAlreadyFounded));
  EXPECT_EQ(status_of(chain, a), MemberStatus::kActive);
  EXPECT_EQ(status_of(chain, b), MemberStatus::kJoining);
  EXPECT_EQ(shard_of(chain).shielding_key, seed_of(7));
  EXPECT_EQ(shard_of(chain).epoch, 1u);
  EXPECT_EQ(shard_of(chain).founded_at, chain.best());
  EXPECT_FALSE(shard_of(chain).agreed);
  const std::vector expected{registry::ShardFounded{kShard, 1, a.account(), a.instance, {seed_of(7)}}};
  EXPECT_EQ(chain.journal_of<registry::ShardFounded>(), expected);
}

TEST(founding, a_founding_is_work_and_pending_one_block_later) {
  Chain chain;
  const Worker a(1);
  chain.block({{a, a.registers(chain)}});
  chain.block({{a, a.founds()}});
  const auto founding = chain.best();
  EXPECT_FALSE(substratee_registry::kPending.contains(chain.state(), kShard, founding));
  chain.block();
  EXPECT_EQ(substratee_registry::kPending.find(chain.state(), kShard, founding), chain.hashes[founding]);
  chain.idle(3);
  EXPECT_EQ(substratee_registry::kPendingBlocks.get(chain.state(), kShard), std::vector{founding});
}

TEST(founding, needs_a_registered_member_under_its_instance) {
  Chain chain;
  Worker a(1);
  EXPECT_EQ(chain.failure(a, a.founds()), refused(Error::kNotRegistered));
  chain.block({{a, a.registers(chain)}});
  a.instance.bytes.fill(99);
  EXPECT_EQ(chain.failure(a, a.founds()), refused(Error::kWrongInstance));
  auto elsewhere = registry::FoundShard{hash_of("no shard"), a.instance, {}};
  EXPECT_EQ(chain.failure(a, registry::encode_call(elsewhere)), refused(Error::kUnknownShard));
}

TEST(founding, needs_membership_of_that_very_shard) {
  auto config = test_genesis();
  config.shards.push_back({.stf = "counter", .name = "second"});
  Chain chain(config);
  const Worker a(1);
  chain.block({{a, a.registers(chain)}});
  const registry::FoundShard call{registry::shard_id("counter", "second"), a.instance, {}};
  EXPECT_EQ(chain.failure(a, registry::encode_call(call)), refused(Error::kNotAMember));
}

TEST(founding, no_calls_before_there_is_a_key) {
  Chain chain;
  EXPECT_EQ(chain.failure(client(), calls_worker()), refused(Error::kNoKey));
}

/// Everything that puts the only holder of the key out before anything is agreed.
void expect_reopened(Chain& chain, BlockNumber founding) {
  const auto shard = shard_of(chain);
  EXPECT_FALSE(shard.shielding_key);
  EXPECT_FALSE(shard.founded_at);
  EXPECT_EQ(shard.epoch, 1u);
  EXPECT_EQ(chain.journal_of<registry::FoundingReopened>(), std::vector{(registry::FoundingReopened{kShard, 1})});
  EXPECT_FALSE(substratee_registry::kPending.contains(chain.state(), kShard, founding));
  EXPECT_TRUE(substratee_registry::kPendingBlocks.get(chain.state(), kShard).empty());
}

BlockNumber found_only(Chain& chain, const Worker& a) {
  chain.block({{a, a.registers(chain)}});
  chain.block({{a, a.founds()}, {client(), calls_worker()}});
  const auto founding = chain.best();
  chain.block();
  return founding;
}

TEST(founding, reopens_when_the_founder_leaves_before_anything_is_agreed) {
  Chain chain;
  const Worker a(1), b(2);
  const auto founding = found_only(chain, a);
  chain.block({{b, b.registers(chain)}});
  chain.block({{a, a.unregisters()}});
  expect_reopened(chain, founding);
  EXPECT_EQ(chain.failure(client(), calls_worker()), refused(Error::kNoKey));
  chain.block({{b, b.founds(8)}});
  EXPECT_EQ(shard_of(chain).epoch, 2u);
  EXPECT_EQ(status_of(chain, b), MemberStatus::kActive);
}

TEST(founding, reopens_when_the_founder_is_quarantined) {
  Chain chain;
  const Worker a(1);
  const auto founding = found_only(chain, a);
  chain.block({{root(), as_root(registry::encode_call(registry::Quarantine{kShard, a.account()}))}});
  expect_reopened(chain, founding);
}

TEST(founding, reopens_when_the_founder_expires) {
  Chain chain;
  const Worker a(1);
  const auto founding = found_only(chain, a);
  chain.wait(substratee_registry::kRegistrationMilliseconds + 3'600'000);
  chain.block();
  expect_reopened(chain, founding);
}

TEST(founding, a_void_founding_is_no_work_but_a_new_one_in_the_same_block_is) {
  Chain chain;
  const Worker a(1), b(2);
  chain.block({{a, a.registers(chain)}, {b, b.registers(chain)}});
  chain.block({{a, a.founds()}, {client(), calls_worker()}, {a, a.unregisters()}});
  EXPECT_FALSE(registry::has_work(chain.last.journal, kShard));
  chain.block();
  EXPECT_TRUE(substratee_registry::kPendingBlocks.get(chain.state(), kShard).empty());

  chain.block({{b, b.founds()}, {b, b.unregisters()}});
  chain.block({{a, a.registers(chain)}});
  chain.block({{a, a.founds(9)}});
  const auto founding = chain.best();
  chain.block();
  EXPECT_EQ(substratee_registry::kPendingBlocks.get(chain.state(), kShard), std::vector{founding});
  EXPECT_EQ(shard_of(chain).epoch, 3u);
}

TEST(founding, does_not_reopen_once_something_is_agreed) {
  Chain chain;
  const Worker a(1);
  found_with(chain, a);
  chain.block({{a, a.unregisters()}});
  EXPECT_TRUE(shard_of(chain).shielding_key);
  EXPECT_TRUE(chain.journal_of<registry::FoundingReopened>().empty());
}

TEST(founding, a_shard_cannot_be_founded_twice) {
  Chain chain;
  const Worker a(1), b(2);
  found_with(chain, a, {&b});
  EXPECT_EQ(chain.failure(b, b.founds()), refused(Error::kAlreadyFounded));
}

}  // namespace
}  // namespace substratee::node::runtime::test
