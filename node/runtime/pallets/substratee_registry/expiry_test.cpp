#include "node/runtime/scenario_test.hpp"

/// What becomes of members when time passes: docs/protocol.md, "Appraisal".

namespace substratee::node::runtime::test {
namespace {

using registry::Error;
using substratee_registry::kRegistrationMilliseconds;

constexpr std::uint64_t kGrace = 3'600'000;

/// Two Active members; `a` registered first.
struct Two {
  Chain chain;
  Worker a{1};
  Worker b{2};
  BlockNumber founding = found_with(chain, a, {&b});

  void renew(const Worker& worker) { chain.block({{worker, worker.registers(chain)}}); }
  /// Up to `before` milliseconds before the registration of `worker` lapses.
  void wait_for(const Worker& worker, std::uint64_t before) {
    const auto enclave = substratee_registry::find_enclave(chain.state(), worker.account());
    chain.time = enclave->valid_until - before - kBlockTime;
  }
};

TEST(expiry, a_lapsed_member_confirms_for_the_grace_and_not_longer) {
  Two two;
  two.wait_for(two.a, 10'000);
  two.renew(two.b);
  two.chain.wait(20'000);
  const auto block = work(two.chain);
  EXPECT_EQ(status_of(two.chain, two.a), MemberStatus::kActive);
  EXPECT_FALSE(two.chain.failure(two.a, two.a.confirms(two.chain, block)));
  two.chain.wait(kGrace);
  two.chain.block();
  EXPECT_EQ(status_of(two.chain, two.a), MemberStatus::kExpired);
  EXPECT_EQ(two.chain.failure(two.a, two.a.confirms(two.chain, block)), refused(Error::kExpired));
  EXPECT_EQ(status_of(two.chain, two.b), MemberStatus::kActive);
}

TEST(expiry, a_lapsed_member_provides_and_receives_no_keys) {
  Two two;
  const Worker joiner(3);
  two.wait_for(two.a, 10'000);
  two.renew(joiner);
  two.renew(two.b);
  EXPECT_FALSE(two.chain.failure(two.a, two.a.releases(joiner, "while it lasts")));
  two.chain.wait(20'000);
  two.chain.block();
  ASSERT_EQ(status_of(two.chain, two.a), MemberStatus::kActive);
  EXPECT_EQ(two.chain.failure(two.a, two.a.releases(joiner, "lapsed giver")), refused(Error::kReleaseRefused));
  EXPECT_EQ(two.chain.failure(two.b, two.b.releases(two.a, "lapsed receiver")), refused(Error::kReleaseRefused));
  EXPECT_FALSE(two.chain.failure(two.b, two.b.releases(joiner, "both good")));
}

TEST(expiry, who_joins_has_no_grace) {
  Two two;
  const Worker joiner(3);
  two.renew(joiner);
  two.wait_for(joiner, 0);
  two.chain.block();
  EXPECT_EQ(status_of(two.chain, joiner), MemberStatus::kExpired);
  EXPECT_EQ(status_of(two.chain, two.a), MemberStatus::kActive);
}

TEST(expiry, nobody_founds_on_a_lapsed_registration) {
  Chain chain;
  const Worker a(1);
  chain.block({{a, a.registers(chain)}});
  chain.wait(kRegistrationMilliseconds);
  EXPECT_EQ(chain.failure(a, a.founds()), refused(Error::kExpired));
}

TEST(expiry, the_last_active_member_stays_and_still_confirms) {
  Two two;
  two.chain.wait(kRegistrationMilliseconds + kGrace);
  const auto block = work(two.chain);
  EXPECT_EQ(status_of(two.chain, two.a), MemberStatus::kExpired);
  EXPECT_EQ(status_of(two.chain, two.b), MemberStatus::kActive) << "of two, the one that lasted longer";
  EXPECT_FALSE(two.chain.failure(two.b, two.b.confirms(two.chain, block)));
  EXPECT_EQ(shard_of(two.chain).agreed->block_number, block);
  two.chain.wait(30 * kRegistrationMilliseconds);
  two.chain.block();
  EXPECT_EQ(status_of(two.chain, two.b), MemberStatus::kActive);
}

TEST(expiry, the_last_active_member_goes_when_another_is_active) {
  Two two;
  two.chain.wait(kRegistrationMilliseconds + kGrace);
  two.chain.block();
  ASSERT_EQ(status_of(two.chain, two.a), MemberStatus::kExpired);
  two.renew(two.a);
  EXPECT_EQ(status_of(two.chain, two.a), MemberStatus::kJoining);
  two.chain.block({{two.a, two.a.confirms(two.chain, two.founding)}});
  EXPECT_EQ(status_of(two.chain, two.a), MemberStatus::kActive);
  two.chain.block();
  EXPECT_EQ(status_of(two.chain, two.b), MemberStatus::kExpired);
  EXPECT_EQ(status_of(two.chain, two.a), MemberStatus::kActive);
}

TEST(expiry, a_renewal_keeps_the_status_before_and_after_the_lapse) {
  Two two;
  two.wait_for(two.a, 5'000);
  two.renew(two.a);
  two.renew(two.b);
  EXPECT_EQ(status_of(two.chain, two.a), MemberStatus::kActive);
  two.wait_for(two.a, 0);
  two.chain.wait(kGrace / 2);
  two.renew(two.a);
  EXPECT_EQ(status_of(two.chain, two.a), MemberStatus::kActive);
  const auto enclave = substratee_registry::find_enclave(two.chain.state(), two.a.account());
  EXPECT_EQ(enclave->attested_at, two.chain.time);
  EXPECT_EQ(enclave->valid_until, two.chain.time + kRegistrationMilliseconds);
}

}  // namespace
}  // namespace substratee::node::runtime::test
