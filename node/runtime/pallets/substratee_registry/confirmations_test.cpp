#include "node/runtime/scenario_test.hpp"

namespace substratee::node::runtime::test {
namespace {

using registry::Error;
using substratee_registry::kConfirmations;
using substratee_registry::kPending;

Bytes quarantines(const Actor& actor) {
  return as_root(registry::encode_call(registry::Quarantine{kShard, actor.account()}));
}

TEST(confirmations, one_worker_agrees_and_the_journal_tells) {
  Chain chain;
  const Worker a(1);
  found_with(chain, a);
  const auto block = work(chain);
  chain.block({{a, a.confirms(chain, block)}});
  const registry::Agreed agreed{block, chain.hashes[block], cid_of("right"), hash_of("right")};
  EXPECT_EQ(shard_of(chain).agreed, agreed);
  EXPECT_EQ(chain.journal_of<registry::StateAgreed>(),
            std::vector{(registry::StateAgreed{kShard, agreed, 1, {{a.account()}}})});
  EXPECT_FALSE(kPending.contains(chain.state(), kShard, block));
  EXPECT_TRUE(substratee_registry::kPendingBlocks.get(chain.state(), kShard).empty());
}

TEST(confirmations, a_shard_that_asks_for_two_starts_with_its_founder_alone) {
  Chain chain(test_genesis(2));
  const Worker a(1), b(2);
  const auto founding = found_with(chain, a, {&b});
  EXPECT_EQ(shard_of(chain).agreed->block_number, founding);
  EXPECT_EQ(status_of(chain, b), MemberStatus::kActive);
  const auto block = work(chain);
  chain.block({{a, a.confirms(chain, block)}});
  chain.idle(10);
  EXPECT_EQ(shard_of(chain).agreed->block_number, founding);
  ASSERT_EQ(status_of(chain, b), MemberStatus::kSilent);
  chain.block({{b, b.confirms(chain, block)}});
  EXPECT_EQ(shard_of(chain).agreed->block_number, founding);
  chain.block({{b, b.confirms(chain, founding)}});
  EXPECT_EQ(shard_of(chain).agreed->block_number, block);
}

TEST(confirmations, a_confirmation_is_no_work) {
  Chain chain;
  const Worker a(1);
  found_with(chain, a);
  const auto block = work(chain);
  chain.block({{a, a.confirms(chain, block)}});
  chain.block();
  EXPECT_TRUE(substratee_registry::kPendingBlocks.get(chain.state(), kShard).empty());
}

TEST(confirmations, the_joiner_becomes_active_and_two_agree) {
  Chain chain;
  const Worker a(1), b(2);
  found_with(chain, a, {&b});
  EXPECT_EQ(status_of(chain, b), MemberStatus::kActive);
  const auto block = work(chain);
  chain.block({{a, a.confirms(chain, block)}});
  EXPECT_NE(shard_of(chain).agreed->block_number, block);
  chain.block({{b, b.confirms(chain, block)}});
  EXPECT_EQ(shard_of(chain).agreed->block_number, block);
  EXPECT_EQ(chain.journal_of<registry::StateAgreed>().at(0).confirmed_by.value,
            (std::vector{a.account(), b.account()}));
}

TEST(confirmations, a_silent_worker_is_left_behind_and_returns) {
  Chain chain;
  const Worker a(1), b(2);
  found_with(chain, a, {&b});
  const auto block = work(chain);
  chain.block({{a, a.confirms(chain, block)}});
  chain.block();
  EXPECT_EQ(status_of(chain, b), MemberStatus::kActive);
  chain.block();
  EXPECT_EQ(status_of(chain, b), MemberStatus::kSilent);
  EXPECT_EQ(shard_of(chain).agreed->block_number, block);
  const std::vector changed{registry::MemberChanged{kShard, b.account(), b.instance, MemberStatus::kSilent}};
  EXPECT_EQ(chain.journal_of<registry::MemberChanged>(), changed);
  chain.idle(10);
  chain.block({{b, b.confirms(chain, block)}});
  EXPECT_EQ(status_of(chain, b), MemberStatus::kActive);
}

TEST(confirmations, a_diverging_third_is_quarantined_with_its_platform) {
  Chain chain;
  const Worker a(1), b(2), c(3);
  found_with(chain, a, {&b, &c});
  const auto block = work(chain);
  chain.block({{c, c.confirms(chain, block, "wrong")}, {a, a.confirms(chain, block)}, {b, b.confirms(chain, block)}});
  EXPECT_EQ(status_of(chain, c), MemberStatus::kQuarantined);
  EXPECT_EQ(shard_of(chain).agreed->block_number, block);
  EXPECT_TRUE(substratee_registry::kQuarantinedPlatforms.contains(chain.state(), c.platform.platform_id()));
  EXPECT_EQ(chain.failure(c, c.confirms(chain, block)), refused(Error::kQuarantined));
}

TEST(confirmations, quarantine_survives_reregistration_leaving_and_a_new_key) {
  Chain chain;
  const Worker a(1), b(2);
  found_with(chain, a, {&b});
  chain.block({{root(), quarantines(b)}});
  EXPECT_FALSE(chain.failure(b, b.registers(chain)));
  EXPECT_EQ(status_of(chain, b), MemberStatus::kQuarantined);
  EXPECT_FALSE(chain.failure(b, b.unregisters()));
  EXPECT_EQ(status_of(chain, b), MemberStatus::kQuarantined);
  EXPECT_FALSE(chain.failure(b, b.registers(chain)));
  EXPECT_EQ(status_of(chain, b), MemberStatus::kQuarantined);
  const Worker renamed(5, 2);
  EXPECT_EQ(chain.failure(renamed, renamed.registers(chain)), refused(Error::kQuarantined));
}

TEST(confirmations, who_differs_and_leaves_takes_its_platform_into_quarantine) {
  Chain chain;
  const Worker a(1), b(2), c(3);
  found_with(chain, a, {&b, &c});
  const auto block = work(chain);
  chain.block({{c, c.confirms(chain, block, "wrong")}, {c, c.unregisters()}});
  chain.block({{a, a.confirms(chain, block)}, {b, b.confirms(chain, block)}});
  EXPECT_EQ(status_of(chain, c), MemberStatus::kQuarantined);
  const Worker renamed(5, 3);
  EXPECT_EQ(chain.failure(renamed, renamed.registers(chain)), refused(Error::kQuarantined));
}

TEST(confirmations, who_differs_and_moves_takes_both_platforms_into_quarantine) {
  for (const bool leaves : {false, true}) {
    Chain chain;
    const Worker a(1), b(2), c(3), moved(3, 9);
    found_with(chain, a, {&b, &c});
    const auto block = work(chain);
    chain.block({{c, c.confirms(chain, block, "wrong")}});
    if (leaves) chain.block({{c, c.unregisters()}});
    ASSERT_FALSE(chain.failure(moved, moved.registers(chain)));
    chain.block({{a, a.confirms(chain, block)}, {b, b.confirms(chain, block)}});
    EXPECT_EQ(status_of(chain, c), MemberStatus::kQuarantined);
    for (const auto platform : std::to_array<std::uint8_t>({3, 9})) {
      const Worker renamed(5, platform);
      EXPECT_EQ(chain.failure(renamed, renamed.registers(chain)), refused(Error::kQuarantined));
    }
  }
}

TEST(confirmations, a_platform_is_forgotten_as_departed_when_its_account_is_back) {
  Chain chain;
  const Worker a(1);
  chain.block({{a, a.registers(chain)}});
  chain.block({{a, a.unregisters()}});
  EXPECT_EQ(substratee_registry::kDepartedPlatforms.find(chain.state(), a.account()), a.platform.platform_id());
  chain.block({{a, a.registers(chain)}});
  EXPECT_FALSE(substratee_registry::kDepartedPlatforms.contains(chain.state(), a.account()));
}

TEST(confirmations, two_that_differ_dispute_and_root_decides) {
  Chain chain;
  const Worker a(1), b(2);
  const auto founding = found_with(chain, a, {&b});
  const auto block = work(chain);
  chain.block({{a, a.confirms(chain, block)}, {b, b.confirms(chain, block, "wrong")}});
  EXPECT_TRUE(shard_of(chain).disputed);
  const auto next = work(chain);
  chain.block({{a, a.confirms(chain, next)}, {b, b.confirms(chain, next)}});
  chain.idle(5);
  EXPECT_EQ(shard_of(chain).agreed->block_number, founding);
  chain.block({{root(), quarantines(b)}});
  EXPECT_FALSE(shard_of(chain).disputed);
  EXPECT_EQ(shard_of(chain).agreed->block_number, next);
  EXPECT_EQ(shard_of(chain).agreed->state_cid, cid_of("right"));
}

TEST(confirmations, refuses_an_unknown_block) {
  Chain chain;
  const Worker a(1);
  found_with(chain, a);
  chain.block();
  EXPECT_EQ(chain.failure(a, a.confirms(chain, chain.best())), refused(Error::kUnknownBlock));
}

TEST(confirmations, refuses_another_hash_of_a_pending_an_agreed_and_a_kept_block) {
  Chain chain;
  const Worker a(1), b(2);
  found_with(chain, a, {&b});
  const auto first = work(chain);
  auto call = b.confirmation(chain, first);
  call.block_hash = hash_of("a fork");
  const auto forged = registry::encode_call(call);
  EXPECT_EQ(chain.failure(b, forged), refused(Error::kWrongBlockHash));
  chain.block({{a, a.confirms(chain, first)}, {b, b.confirms(chain, first)}});
  EXPECT_EQ(chain.failure(b, forged), refused(Error::kWrongBlockHash));
  const auto second = work(chain);
  chain.block({{a, a.confirms(chain, second)}, {b, b.confirms(chain, second)}});
  EXPECT_EQ(chain.failure(b, forged), refused(Error::kWrongBlockHash));
}

TEST(confirmations, refuses_an_active_members_second_one_without_harm) {
  Chain chain;
  const Worker a(1);
  found_with(chain, a);
  const auto block = work(chain);
  chain.block({{a, a.confirms(chain, block)}});
  EXPECT_EQ(chain.failure(a, a.confirms(chain, block)), refused(Error::kAlreadyConfirmed));
  EXPECT_EQ(chain.failure(a, a.confirms(chain, block, "wrong")), refused(Error::kAlreadyConfirmed));
  EXPECT_EQ(status_of(chain, a), MemberStatus::kActive);
}

TEST(confirmations, refuses_them_out_of_order) {
  Chain chain;
  const Worker a(1);
  found_with(chain, a);
  work(chain);
  const auto second = work(chain);
  EXPECT_EQ(chain.failure(a, a.confirms(chain, second)), refused(Error::kOutOfOrder));
}

TEST(confirmations, refuses_strangers_other_instances_and_unknown_shards) {
  Chain chain;
  Worker a(1);
  const Worker stranger(9);
  const auto founding = found_with(chain, a);
  EXPECT_EQ(chain.failure(stranger, stranger.confirms(chain, founding)), refused(Error::kNotRegistered));
  auto elsewhere = a.confirmation(chain, founding);
  elsewhere.shard = hash_of("no shard");
  EXPECT_EQ(chain.failure(a, registry::encode_call(elsewhere)), refused(Error::kUnknownShard));
  a.instance.bytes.fill(99);
  EXPECT_EQ(chain.failure(a, a.confirms(chain, founding)), refused(Error::kWrongInstance));
}

TEST(confirmations, are_kept_256_blocks_and_those_of_the_newest_agreed_block_for_ever) {
  Chain chain;
  const Worker a(1);
  const auto founding = found_with(chain, a);
  const auto second = work(chain);
  chain.block({{a, a.confirms(chain, second)}});
  chain.idle(300);
  EXPECT_FALSE(kConfirmations.contains(chain.state(), kShard, founding));
  EXPECT_TRUE(kConfirmations.contains(chain.state(), kShard, second));
  chain.idle(300);
  EXPECT_TRUE(kConfirmations.contains(chain.state(), kShard, second));
  EXPECT_EQ(chain.failure(a, a.confirms(chain, second)), refused(Error::kAlreadyConfirmed));
}

TEST(confirmations, of_a_block_in_dispute_are_kept_until_root_has_decided) {
  Chain chain;
  const Worker a(1), b(2);
  found_with(chain, a, {&b});
  const auto older = work(chain);
  chain.block({{a, a.confirms(chain, older)}});
  chain.idle(2);
  ASSERT_EQ(status_of(chain, b), MemberStatus::kSilent);
  const auto newer = work(chain);
  chain.block({{a, a.confirms(chain, newer)}});
  chain.block({{b, b.confirms(chain, older, "wrong")}});
  ASSERT_TRUE(shard_of(chain).disputed);
  chain.idle(600);
  EXPECT_TRUE(kConfirmations.contains(chain.state(), kShard, older));
  const Worker bystander(3);
  chain.block({{bystander, bystander.registers(chain)}});
  chain.block({{root(), quarantines(bystander)}});
  EXPECT_TRUE(shard_of(chain).disputed);
  chain.block({{root(), quarantines(b)}});
  EXPECT_FALSE(shard_of(chain).disputed);
  chain.idle(300);
  EXPECT_FALSE(kConfirmations.contains(chain.state(), kShard, older));
  const auto next = work(chain);
  chain.block({{a, a.confirms(chain, next)}});
  EXPECT_EQ(shard_of(chain).agreed->block_number, next);
}

/// Accounts are visited in their order: whoever comes last must not agree alone on its way out.
std::array<Worker, 3> in_order_of_accounts() {
  std::array<Worker, 3> workers{Worker(1), Worker(2), Worker(3)};
  std::array<std::size_t, 3> order{0, 1, 2};
  std::ranges::sort(order, {}, [&](std::size_t i) { return workers[i].account(); });
  const auto number = [&](std::size_t i) { return static_cast<std::uint8_t>(order[i] + 1); };
  return {Worker(number(0)), Worker(number(1)), Worker(number(2))};
}

TEST(confirmations, members_whose_measurement_goes_agree_on_nothing_on_their_way_out) {
  Chain chain;
  const auto [a, b, c] = in_order_of_accounts();
  const auto founding = found_with(chain, a, {&b, &c});
  const auto block = work(chain);
  chain.block({{c, c.confirms(chain, block, "wrong")}});
  chain.block({{root(), as_root(registry::encode_call(registry::RemoveMeasurement{kProgram}))}});
  for (const auto* worker : {&a, &b, &c}) EXPECT_EQ(status_of(chain, *worker), MemberStatus::kExpired);
  EXPECT_EQ(shard_of(chain).agreed->block_number, founding);
}

TEST(confirmations, members_that_expire_in_one_block_agree_on_nothing_on_their_way_out) {
  Chain chain;
  const auto [a, b, c] = in_order_of_accounts();
  const auto founding = found_with(chain, a, {&b, &c});
  const auto block = work(chain);
  chain.block({{a, a.confirms(chain, block, "wrong")}});
  chain.wait(substratee_registry::kRegistrationMilliseconds + 3'600'000);
  chain.block();
  for (const auto* worker : {&a, &b}) EXPECT_EQ(status_of(chain, *worker), MemberStatus::kExpired);
  EXPECT_EQ(status_of(chain, c), MemberStatus::kActive) << "the last one stays";
  EXPECT_EQ(shard_of(chain).agreed->block_number, founding);
}

TEST(confirmations, root_quarantines_once_and_only_in_a_shard) {
  Chain chain;
  Context context(chain.state(), 1);
  using substratee_registry::quarantine;
  EXPECT_EQ(quarantine(context, {hash_of("no shard"), client().account()}), std::unexpected(Error::kUnknownShard));
  EXPECT_TRUE(quarantine(context, {kShard, client().account()}));
  EXPECT_EQ(quarantine(context, {kShard, client().account()}), std::unexpected(Error::kQuarantined));
}

}  // namespace
}  // namespace substratee::node::runtime::test
