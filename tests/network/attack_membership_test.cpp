#include "core/protocol/keys.hpp"
#include "tests/network/network.hpp"
#include "tests/network/rogue.hpp"

/// Workers that are copied, die, race, lie or fall silent.

namespace substratee::test {
namespace {

using registry::MemberStatus;

class Membership : public Network {
 protected:
  Host first{world, ipfs, 1};
  Host second{world, ipfs, 2};
  Host third{world, ipfs, 3};
};

TEST_F(Membership, attack_cloned_enclave) {
  found(first);
  join(second, first);
  Host clone(world, ipfs, 1);
  clone.blobs = first.blobs;
  clone.start_again();
  EXPECT_EQ(clone.identity().account, first.identity().account);
  EXPECT_NE(clone.identity().instance, first.identity().instance);
  rounds(1, {&clone});
  const auto query = seal(question(AskNonce{}));
  EXPECT_EQ(first.follow().phase, Phase::kReplaced);
  for (const Request& request : std::vector<Request>{Start{},
                                                     SupplyProof{},
                                                     SupplyState{},
                                                     Stored{},
                                                     ImportBlocks{},
                                                     ComposeRegistration{},
                                                     ComposeFounding{},
                                                     ComposeConfirmation{},
                                                     ComposeUnregistration{},
                                                     JoinBegin{},
                                                     ProvideBegin{},
                                                     TlsInput{},
                                                     TlsClose{},
                                                     ComposeRelease{},
                                                     LoadState{},
                                                     TakeOutputs{},
                                                     ExecuteQuery{query.sealed},
                                                     SupplyReceipts{},
                                                     GetShieldingKey{},
                                                     KeepPlace{},
                                                     ReportEquivocation{}}) {
    EXPECT_EQ(first.refused(request), Refusal::kStopped) << request.index();
  }
  rounds(5, {&clone, &second});
  EXPECT_EQ(member(clone), MemberStatus::kActive) << "the new instance goes on";
  increment(1, 0);
  rounds(4, {&clone, &second});
  EXPECT_EQ(counter(clone), "1");
  EXPECT_EQ(clone.follow().root, second.follow().root);
}

TEST_F(Membership, attack_extrinsics_of_a_replaced_instance) {
  found(first);
  increment(1, 0);
  first.follow();
  world.mine();
  first.follow();
  Host clone(world, ipfs, 1);
  clone.blobs = first.blobs;
  clone.start_again();
  rounds(1, {&clone});
  // The first one's host has not shown it its replacement.
  const auto confirmation = first.expect<Extrinsic>(ComposeConfirmation{0, first.hints()});
  world.submit(confirmation.wire);
  world.mine();
  EXPECT_EQ(registry_error(world), registry::Error::kWrongInstance);
}

TEST_F(Membership, attack_quarantined_worker_restarts) {
  found(first);
  join(second, first);
  const auto call = registry::encode_call(registry::Quarantine{world.shard(), second.identity().account});
  world.submit(world.sign(concat(Bytes{registry::kSudoIndex, 0}, call), "//Alice"));
  world.mine();
  EXPECT_EQ(second.follow().phase, Phase::kQuarantined);
  EXPECT_EQ(second.refused(GetShieldingKey{}), Refusal::kStopped);
  second.start_again();
  EXPECT_EQ(second.expect<Status>(GetStatus{}).phase, Phase::kFollowing);
  EXPECT_EQ(second.follow().phase, Phase::kQuarantined) << "a restart does not help";
  increment(1, 0);
  rounds(4, {&first});
  EXPECT_EQ(counter(first), "1");
}

TEST_F(Membership, attack_founding_race) {
  first.start_again();
  second.start_again();
  rounds(1, {&first, &second});
  EXPECT_EQ(first.follow().phase, Phase::kUnfounded);
  EXPECT_EQ(second.follow().phase, Phase::kUnfounded);
  first.submit_founding();
  second.submit_founding();
  world.mine();
  EXPECT_EQ(registry_error(world), registry::Error::kAlreadyFounded);
  first.follow();
  EXPECT_EQ(second.follow().phase, Phase::kWaiting) << "the loser's key is gone";
  EXPECT_EQ(second.refused(GetShieldingKey{}), Refusal::kNoKey);
  EXPECT_EQ(second.refused(ComposeFounding{second.hints()}), Refusal::kWrongPhase);
  rounds(4, {&first, &second});
  EXPECT_EQ(second.follow().phase, Phase::kJoining);
  ASSERT_EQ(std::get<Tls>(provision(second, first)).phase, TlsPhase::kDone);
  rounds(4, {&first, &second});
  EXPECT_EQ(member(second), MemberStatus::kActive);
  increment(1, 0);
  rounds(4, {&first, &second});
  EXPECT_EQ(counter(second), "1");
  // What the loser sealed when it tried to found is no key of the shard.
  second.start_again();
  rounds(6, {&first, &second});
  EXPECT_EQ(counter(second), "1");
}

TEST_F(Membership, founder_leaves_before_anything_is_agreed) {
  first.start_again();
  second.start_again();
  rounds(1, {&first, &second});
  first.follow();
  first.submit_founding();
  world.mine();
  ASSERT_EQ(shard().epoch, 1u);
  increment(5, 0);
  world.mine();
  ASSERT_FALSE(shard().agreed.has_value());
  first.follow();
  world.submit(first.expect<Extrinsic>(ComposeUnregistration{first.hints()}).wire);
  world.mine();
  EXPECT_FALSE(shard().shielding_key.has_value()) << "founding is open again";
  EXPECT_EQ(first.follow().phase, Phase::kFollowing);
  EXPECT_EQ(first.refused(GetShieldingKey{}), Refusal::kNoKey) << "the void key is wiped";
  EXPECT_EQ(second.follow().phase, Phase::kUnfounded);
  rounds(5, {&second});
  EXPECT_EQ(shard().epoch, 2u);
  ASSERT_TRUE(shard().agreed.has_value());
  EXPECT_EQ(next_nonce(second), 0u) << "calls before the founding have no effect";
  increment(7, 0);
  rounds(3, {&second});
  EXPECT_EQ(counter(second), "7");
  // The former founder comes back with its old sealed key.
  first.start_again();
  rounds(2, {&first, &second});
  EXPECT_EQ(first.follow().phase, Phase::kJoining);
}

TEST_F(Membership, founder_loses_its_key) {
  first.start_again();
  rounds(1, {&first});
  first.follow();
  first.submit_founding();
  world.mine();
  first.blobs.erase("shard");
  first.start_again();
  first.follow();
  first.submit_registration();
  world.mine();
  EXPECT_EQ(first.follow().phase, Phase::kKeyLost);
  world.submit(first.expect<Extrinsic>(ComposeUnregistration{first.hints()}).wire);
  world.mine();
  rounds(6, {&first});
  EXPECT_EQ(shard().epoch, 2u);
  EXPECT_EQ(member(first), MemberStatus::kActive);
}

TEST_F(Membership, attack_diverging_worker) {
  Rogue rogue(world, 7);
  found(first);
  join(second, first);
  ASSERT_EQ(rogue.submit_registration(), std::nullopt);
  increment(42, 0);
  first.step();
  second.step();
  world.mine();
  const auto block = world.height();
  rounds(2, {&first, &second});
  ASSERT_EQ(shard().agreed->block_number, block);
  const registry::ConfirmBlock lie{
      world.shard(), rogue.instance, block, world.hash_of(block), {}, shard().agreed->state_cid};
  EXPECT_EQ(rogue.submit(lie), std::nullopt);
  EXPECT_EQ(member(rogue.account()), MemberStatus::kQuarantined);
  EXPECT_EQ(member(first), MemberStatus::kActive);
  EXPECT_EQ(member(second), MemberStatus::kActive);
  EXPECT_FALSE(shard().disputed);
}

TEST_F(Membership, attack_two_workers_that_differ) {
  Rogue rogue(world, 7);
  found(first);
  ASSERT_EQ(rogue.submit_registration(), std::nullopt);
  const auto agreed = *shard().agreed;
  const registry::ConfirmBlock vouch{world.shard(),     rogue.instance,       agreed.block_number,
                                     agreed.block_hash, agreed.receipts_root, agreed.state_cid};
  ASSERT_EQ(rogue.submit(vouch), std::nullopt);
  ASSERT_EQ(member(rogue.account()), MemberStatus::kActive);
  increment(42, 0);
  first.follow();
  world.mine();
  const auto block = world.height();
  first.step();
  ASSERT_EQ(rogue.submit({registry::ConfirmBlock{world.shard(), rogue.instance, block, world.hash_of(block), {}, {}}}),
            std::nullopt);
  EXPECT_TRUE(shard().disputed);
  EXPECT_EQ(shard().agreed->block_number, agreed.block_number) << "nothing more is agreed";
  const auto call = registry::encode_call(registry::Quarantine{world.shard(), rogue.account()});
  world.submit(world.sign(concat(Bytes{registry::kSudoIndex, 0}, call), "//Alice"));
  rounds(3, {&first});
  EXPECT_FALSE(shard().disputed);
  EXPECT_EQ(counter(first), "42");
}

/// The only worker that speaks lies. With a minimum of one it gets its lie agreed; the others do not repeat it.
TEST_F(Membership, attack_lie_agreed_while_the_others_are_silent) {
  Rogue rogue(world, 7);
  found(first);
  ASSERT_EQ(rogue.submit_registration(), std::nullopt);
  const auto agreed = *shard().agreed;
  ASSERT_EQ(rogue.submit(registry::ConfirmBlock{world.shard(), rogue.instance, agreed.block_number, agreed.block_hash,
                                                agreed.receipts_root, agreed.state_cid}),
            std::nullopt);
  increment(42, 0);
  world.mine();
  const auto block = world.height();
  ASSERT_EQ(rogue.submit(registry::ConfirmBlock{world.shard(), rogue.instance, block, world.hash_of(block), {}, {}}),
            std::nullopt);
  idle(3);
  ASSERT_EQ(shard().agreed->block_number, block);
  first.follow();
  EXPECT_EQ(first.refused(ExecuteQuery{seal(question(AskNonce{}, Mode::kAgreed)).sealed}), Refusal::kBadState);
  EXPECT_EQ(counter(first, Mode::kLatest), "42");
  rounds(2, {&first});
  EXPECT_TRUE(shard().disputed) << "the honest worker contradicts on the chain";
}

TEST_F(Membership, attack_silent_worker) {
  found(first);
  join(second, first);
  increment(1, 0);
  rounds(6, {&first});
  EXPECT_EQ(member(second), MemberStatus::kSilent);
  EXPECT_EQ(counter(first), "1");
  rounds(4, {&first, &second});
  EXPECT_EQ(member(second), MemberStatus::kActive);
  EXPECT_EQ(counter(second), "1");
}

TEST_F(Membership, registrations_end_but_the_last_active_member_stays) {
  found(first);
  join(second, first);
  increment(1, 0);
  world.mine(24 * 3600 * 1000 + 1000);
  EXPECT_EQ(member(first), MemberStatus::kActive) << "its grace: it may still confirm";
  world.mine(3600 * 1000);
  EXPECT_EQ(member(first), MemberStatus::kExpired);
  EXPECT_EQ(member(second), MemberStatus::kActive) << "attested later, and the last: time alone does not take it";
  rounds(16, {&first, &second});
  EXPECT_EQ(member(first), MemberStatus::kActive);
  EXPECT_EQ(member(second), MemberStatus::kActive);
  EXPECT_EQ(counter(first), "1");
  increment(1, 1);
  rounds(4, {&first, &second});
  EXPECT_EQ(counter(second), "2");
}

TEST_F(Membership, three_workers_agree_and_survive_two_deaths) {
  found(first);
  join(second, first);
  join(third, second);
  increment(1, 0);
  rounds(4, {&first, &second, &third});
  EXPECT_EQ(counter(third), "1");
  increment(1, 1);
  rounds(8, {&third});
  EXPECT_EQ(counter(third), "2");
}

/// Restarts of the joiner after message `step` of the join, for every step: the next attempt ends well.
TEST_F(Membership, attack_kill_9_of_a_joiner_at_every_message_of_the_join) {
  found(first);
  increment(42, 0);
  rounds(3, {&first});
  bool has_finished = false;
  for (int step = 0; step < 12 && !has_finished; ++step) {
    Host joiner(world, ipfs, 20 + static_cast<std::uint64_t>(step));
    register_joiner(joiner, first);
    first.follow();
    auto at_joiner = joiner.expect<Tls>(JoinBegin{first.identity().account});
    auto at_first = first.expect<Tls>(ProvideBegin{});
    for (int i = 0; i < step && !has_finished; ++i) {
      if (i % 2 == 0) {
        at_first = first.expect<Tls>(TlsInput{at_first.session, at_joiner.bytes});
        if (at_first.phase == TlsPhase::kReleaseDue) {
          world.submit(first.expect<Extrinsic>(ComposeRelease{at_first.session, first.hints()}).wire);
          world.mine();
        }
        first.follow();
      } else {
        at_joiner = joiner.expect<Tls>(TlsInput{at_joiner.session, at_first.bytes});
        has_finished = at_joiner.phase == TlsPhase::kDone;
      }
    }
    joiner.start_again();
    rounds(2, {&first, &joiner});
    if (joiner.follow().phase == Phase::kJoining) {
      ASSERT_EQ(std::get<Tls>(provision(joiner, first)).phase, TlsPhase::kDone) << step;
    }
    rounds(4, {&first, &joiner});
    EXPECT_EQ(member(joiner), MemberStatus::kActive) << step;
    EXPECT_EQ(counter(joiner), "42");
    world.submit(joiner.expect<Extrinsic>(ComposeUnregistration{joiner.hints()}).wire);
    world.mine();
    static_cast<void>(first.expect<Done>(TlsClose{at_first.session}));
  }
  EXPECT_TRUE(has_finished) << "the last restart came after the keys";
}

TEST_F(Membership, attack_peer_offline_at_every_step_of_the_join) {
  found(first);
  join(second, first);
  bool is_release_due = false;
  for (int step = 0; !is_release_due; ++step) {
    ASSERT_LT(step, 12);
    Host joiner(world, ipfs, 40 + static_cast<std::uint64_t>(step));
    register_joiner(joiner, first);
    first.follow();
    auto at_joiner = joiner.expect<Tls>(JoinBegin{first.identity().account});
    auto at_first = first.expect<Tls>(ProvideBegin{});
    for (int i = 0; i < step && !is_release_due; ++i) {
      at_first = first.expect<Tls>(TlsInput{at_first.session, at_joiner.bytes});
      is_release_due = at_first.phase == TlsPhase::kReleaseDue;
      if (!is_release_due) at_joiner = joiner.expect<Tls>(TlsInput{at_joiner.session, at_first.bytes});
    }
    static_cast<void>(joiner.expect<Done>(TlsClose{at_joiner.session}));
    EXPECT_EQ(joiner.refused(TlsInput{at_joiner.session, at_first.bytes}), Refusal::kUnknownSession);
    static_cast<void>(first.expect<Done>(TlsClose{at_first.session}));
    ASSERT_EQ(std::get<Tls>(provision(joiner, second)).phase, TlsPhase::kDone) << step;
    rounds(4, {&first, &second, &joiner});
    EXPECT_EQ(member(joiner), MemberStatus::kActive) << step;
    world.submit(joiner.expect<Extrinsic>(ComposeUnregistration{joiner.hints()}).wire);
    world.mine();
  }
}

TEST_F(Membership, provider_restarts_in_the_middle) {
  found(first);
  register_joiner(second, first);
  auto at_second = second.expect<Tls>(JoinBegin{first.identity().account});
  auto at_first = first.expect<Tls>(ProvideBegin{});
  static_cast<void>(relay(second, at_second, first, at_first));
  ASSERT_EQ(at_first.phase, TlsPhase::kReleaseDue);
  first.start_again();
  EXPECT_EQ(first.refused(TlsInput{at_first.session, {}}), Refusal::kUnknownSession);
  rounds(6, {&first});
  second.follow();
  ASSERT_EQ(std::get<Tls>(provision(second, first)).phase, TlsPhase::kDone);
  rounds(4, {&first, &second});
  EXPECT_EQ(member(second), MemberStatus::kActive);
}

}  // namespace
}  // namespace substratee::test
