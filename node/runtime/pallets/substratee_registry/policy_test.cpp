#include "core/attestation/policy/development_root.hpp"
#include "node/runtime/scenario_test.hpp"

/// set_policy, and the question what it would do.

namespace substratee::node::runtime::test {
namespace {

using attestation::Policy;
using attestation::Refusal;
using registry::Error;
using substratee_registry::Standing;

Bytes sets(const Policy& policy) { return as_root(registry::encode_call(registry::SetPolicy{policy})); }

Policy changed(auto change) {
  auto policy = attestation::development_policy();
  change(policy);
  return policy;
}

struct Two {
  Chain chain;
  Worker a{1};
  Worker b{2};
  BlockNumber founding = found_with(chain, a, {&b});
};

TEST(set_policy, is_for_root) {
  Chain chain;
  EXPECT_EQ(chain.failure(client(), registry::encode_call(registry::SetPolicy{})), DispatchError{BadOrigin{}});
  const auto policy = changed([](Policy& it) { it.confirmation_grace = 7; });
  EXPECT_FALSE(chain.failure(root(), sets(policy)));
  EXPECT_EQ(substratee_registry::kPolicy.get(chain.state()), policy);
}

TEST(set_policy, members_that_it_accepts_stay_as_they_are) {
  Two two;
  const auto before = substratee_registry::find_enclave(two.chain.state(), two.a.account());
  two.chain.block({{root(), sets(changed([](Policy& it) { it.confirmation_grace = 7; }))}});
  EXPECT_EQ(substratee_registry::find_enclave(two.chain.state(), two.a.account()), before);
  EXPECT_EQ(status_of(two.chain, two.a), MemberStatus::kActive);
  EXPECT_EQ(status_of(two.chain, two.b), MemberStatus::kActive);
}

/// Every way to no longer accept a member puts it out in that very block, the last Active one too.
void expect_out(const Policy& policy) {
  Two two;
  two.chain.block({{root(), sets(policy)}});
  EXPECT_FALSE(two.chain.failure_of(0));
  EXPECT_EQ(status_of(two.chain, two.a), MemberStatus::kExpired);
  EXPECT_EQ(status_of(two.chain, two.b), MemberStatus::kExpired);
  EXPECT_EQ(two.chain.failure(two.a, two.a.confirms(two.chain, two.founding)), refused(Error::kExpired));
  EXPECT_NE(two.chain.failure(two.a, two.a.registers(two.chain)), std::nullopt) << "it is not accepted anew either";
}

TEST(set_policy, an_empty_one_accepts_nobody) { expect_out({}); }
TEST(set_policy, puts_out_a_kind) {
  expect_out(changed([](Policy& it) { it.allowed_kinds.value = {attestation::Kind::kSgxDcap}; }));
}
TEST(set_policy, puts_out_a_simulation_root) {
  expect_out(changed([](Policy& it) { it.simulation_roots.value = {hash_of("another")}; }));
}
TEST(set_policy, puts_out_a_status) {
  expect_out(changed([](Policy& it) { it.allowed_statuses.value = {attestation::TcbStatus::kUpToDate}; }));
}
TEST(set_policy, puts_out_who_is_judged_by_no_collateral) {
  expect_out(changed([](Policy& it) { it.minimum_evaluation_number = 1; }));
}

TEST(set_policy, puts_out_one_platform) {
  Two two;
  two.chain.block(
      {{root(), sets(changed([&](Policy& it) { it.denied_platforms.value = {two.b.platform.platform_id()}; }))}});
  EXPECT_EQ(status_of(two.chain, two.a), MemberStatus::kActive);
  EXPECT_EQ(status_of(two.chain, two.b), MemberStatus::kExpired);
  EXPECT_EQ(two.chain.failure(two.b, two.b.registers(two.chain)), refused(Error::kPolicyRefused));
}

TEST(set_policy, who_was_put_out_comes_back_by_registering_under_a_policy_that_accepts_it) {
  Two two;
  two.chain.block({{root(), sets({})}});
  two.chain.block({{root(), sets(attestation::development_policy())}});
  EXPECT_EQ(status_of(two.chain, two.a), MemberStatus::kExpired);
  two.chain.block({{two.a, two.a.registers(two.chain)}});
  EXPECT_EQ(status_of(two.chain, two.a), MemberStatus::kJoining);
}

TEST(evidence, is_kept_with_the_registration_and_goes_with_it) {
  Chain chain;
  const Worker worker(1);
  const auto call = worker.registration(worker.claims(chain));
  chain.block({{worker, registry::encode_call(call)}});
  EXPECT_EQ(substratee_registry::kEnclaveEvidence.find(chain.state(), worker.account()), call.evidence);
  const auto enclave = substratee_registry::find_enclave(chain.state(), worker.account());
  EXPECT_EQ(enclave->trust_root, attestation::development_root());
  EXPECT_EQ(enclave->attested_at, chain.time);
  EXPECT_EQ(enclave->evaluation_number, 0u);
  const auto renewal = worker.registration(worker.claims(chain));
  chain.block({{worker, registry::encode_call(renewal)}});
  EXPECT_EQ(substratee_registry::kEnclaveEvidence.find(chain.state(), worker.account()), renewal.evidence);
  chain.block({{worker, worker.unregisters()}});
  EXPECT_FALSE(substratee_registry::kEnclaveEvidence.find(chain.state(), worker.account()));
}

TEST(prospects, as_things_stand_all_members_hold) {
  Two two;
  const auto all = substratee_registry::appraise_members(two.chain.state(), {}, {});
  ASSERT_EQ(all.size(), 2u);
  for (const auto& one : all) {
    EXPECT_EQ(one.appraisal.standing, Standing::kHolds);
    EXPECT_EQ(one.appraisal.reason(), "");
    EXPECT_EQ(one.valid_until, one.enclave.valid_until);
    EXPECT_EQ(one.confirms_until, one.valid_until + 3'600'000);
    EXPECT_EQ(one.shards, (std::vector{std::pair{kShard, MemberStatus::kActive}}));
  }
}

TEST(prospects, tell_what_a_policy_would_do_and_change_nothing) {
  Two two;
  const auto policy = changed([&](Policy& it) { it.denied_platforms.value = {two.b.platform.platform_id()}; });
  for (const auto& one : substratee_registry::appraise_members(two.chain.state(), policy, {})) {
    const bool is_b = one.enclave.account == two.b.account();
    EXPECT_EQ(one.appraisal.standing, is_b ? Standing::kVoid : Standing::kHolds);
    EXPECT_EQ(one.appraisal.refusal, is_b ? std::optional(Refusal::kPlatformDenied) : std::nullopt);
    EXPECT_EQ(one.confirms_until == 0, is_b);
  }
  EXPECT_EQ(status_of(two.chain, two.b), MemberStatus::kActive);
}

TEST(prospects, tell_what_a_time_would_do) {
  Two two;
  const auto end = substratee_registry::find_enclave(two.chain.state(), two.a.account())->valid_until;
  const auto before = substratee_registry::appraise_members(two.chain.state(), {}, end / 1000 - 1);
  EXPECT_EQ(before[0].appraisal.standing, Standing::kHolds);
  for (const auto& one : substratee_registry::appraise_members(two.chain.state(), {}, end / 1000 + 60)) {
    EXPECT_EQ(one.appraisal.standing, Standing::kLapsed);
    EXPECT_EQ(one.appraisal.refusal, Refusal::kExpired);
    EXPECT_EQ(one.confirms_until, one.enclave.valid_until + 3'600'000);
  }
  EXPECT_EQ(substratee_registry::appraise_members(two.chain.state(), {}, 0)[0].appraisal.standing, Standing::kHolds)
      << "the past is not asked about";
}

TEST(prospects, are_of_members_that_have_something_to_lose) {
  Two two;
  two.chain.block({{root(), as_root(registry::encode_call(registry::Quarantine{kShard, two.b.account()}))}});
  const auto all = substratee_registry::appraise_members(two.chain.state(), {}, {});
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].enclave.account, two.a.account());
}

}  // namespace
}  // namespace substratee::node::runtime::test
