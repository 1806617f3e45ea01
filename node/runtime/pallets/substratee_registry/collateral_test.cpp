#include "core/attestation/simulation/publication.hpp"
#include "node/runtime/scenario_test.hpp"

/// register_collateral, and what newer collateral does to those who are registered: docs/protocol.md, "Appraisal".

namespace substratee::node::runtime::test {
namespace {

using attestation::CollateralKind;
using attestation::TcbStatus;
using attestation::simulation::Publication;
using attestation::simulation::SimulationRoot;
using registry::Error;
using substratee_registry::Standing;

constexpr std::uint64_t kDay = 24 * 60 * 60;

Bytes brings(const attestation::CollateralItem& item) {
  return registry::encode_call(registry::RegisterCollateral{item});
}

/// What the development root publishes now, for 30 days.
Publication now(const Chain& chain) {
  Publication out;
  out.issued = chain.time / 1000;
  out.next_update = out.issued + 30 * kDay;
  return out;
}

attestation::CollateralItem item_of(const Publication& publication, CollateralKind kind,
                                    const SimulationRoot& root = SimulationRoot::development()) {
  for (auto& [id, item] : attestation::simulation::publish(root, publication)) {
    if (id.kind == kind) return item;
  }
  ADD_FAILURE() << "no such item";
  return {};
}

struct Scene {
  Chain chain;
  Worker a{1};
  Worker b{2};
  Actor stranger{50};
  BlockNumber founding = 0;

  /// Both members are Active.
  void found() { founding = found_with(chain, a, {&b}); }
  std::optional<DispatchError> bring(const attestation::CollateralItem& item) {
    return chain.failure(stranger, brings(item));
  }
  /// All four items, a block each; the root's list first, by which the signers of the others are judged.
  void publish(const Publication& publication) {
    auto set = attestation::simulation::publish(SimulationRoot::development(), publication);
    std::ranges::reverse(set);
    ASSERT_EQ(set.front().first.kind, CollateralKind::kIntelRootCrl);
    for (const auto& [id, item] : set) EXPECT_EQ(bring(item), std::nullopt) << attestation::to_string(id.kind);
  }
  /// Time takes all members but one.
  void expect_only_one_active() const {
    const bool a_is = status_of(chain, a) == MemberStatus::kActive;
    const bool b_is = status_of(chain, b) == MemberStatus::kActive;
    EXPECT_NE(a_is, b_is);
    EXPECT_EQ(status_of(chain, a_is ? b : a), MemberStatus::kExpired);
  }
  [[nodiscard]] registry::Enclave entry(const Worker& worker) const {
    return substratee_registry::find_enclave(chain.state(), worker.account()).value();
  }
};

TEST(collateral, anybody_brings_it_and_one_of_each_stands) {
  Scene scene;
  const auto publication = now(scene.chain);
  const auto set = attestation::simulation::publish(SimulationRoot::development(), publication);
  for (const auto& [id, item] : set) {
    EXPECT_EQ(scene.bring(item), std::nullopt);
    const auto stored = substratee_registry::kCollateral.find(scene.chain.state(), id).value();
    EXPECT_EQ(stored.item, item);
    EXPECT_EQ(stored.version.issued, publication.issued);
    EXPECT_EQ(stored.expires, publication.next_update);
    EXPECT_EQ(stored.registered_at, scene.chain.best());
  }
  EXPECT_EQ(substratee_registry::kNewestIssue.get(scene.chain.state()), publication.issued);
}

TEST(collateral, the_same_and_the_older_are_refused) {
  Scene scene;
  auto publication = now(scene.chain);
  publication.evaluation_number = 17;
  const auto first = item_of(publication, CollateralKind::kSgxTcbInfo);
  EXPECT_EQ(scene.bring(first), std::nullopt);
  EXPECT_EQ(scene.bring(first), refused(Error::kSameCollateral));
  publication.issued -= 1;
  EXPECT_EQ(scene.bring(item_of(publication, CollateralKind::kSgxTcbInfo)), refused(Error::kOlderCollateral));
  publication.issued += 2;
  publication.evaluation_number = 16;
  EXPECT_EQ(scene.bring(item_of(publication, CollateralKind::kSgxTcbInfo)), refused(Error::kOlderCollateral))
      << "the evaluation number counts first";
  publication.evaluation_number = 18;
  publication.issued -= 1;
  EXPECT_EQ(scene.bring(item_of(publication, CollateralKind::kSgxTcbInfo)), std::nullopt);
}

TEST(collateral, of_lists_the_issue_date_decides_and_then_the_number) {
  Scene scene;
  auto publication = now(scene.chain);
  publication.crl_number = 5;
  EXPECT_EQ(scene.bring(item_of(publication, CollateralKind::kIntelRootCrl)), std::nullopt);
  publication.crl_number = 4;
  EXPECT_EQ(scene.bring(item_of(publication, CollateralKind::kIntelRootCrl)), refused(Error::kOlderCollateral));
  publication.crl_number = 6;
  EXPECT_EQ(scene.bring(item_of(publication, CollateralKind::kIntelRootCrl)), std::nullopt);
}

TEST(collateral, is_verified) {
  Scene scene;
  const auto publication = now(scene.chain);
  auto forged = item_of(publication, CollateralKind::kSgxTcbInfo);
  forged.body.value[forged.body.value.size() / 2] ^= 1;
  EXPECT_EQ(scene.bring(forged), refused(Error::kCollateralRefused));
  const auto other = SimulationRoot::from_secret(seed_of(9).bytes, "other");
  EXPECT_EQ(scene.bring(item_of(publication, CollateralKind::kSgxTcbInfo, other)), refused(Error::kCollateralRefused));
  auto later = publication;
  later.issued += kDay;
  EXPECT_EQ(scene.bring(item_of(later, CollateralKind::kSgxTcbInfo)), refused(Error::kCollateralRefused));
  auto over = publication;
  over.issued -= 2 * kDay;
  over.next_update = publication.issued - kDay;
  EXPECT_EQ(scene.bring(item_of(over, CollateralKind::kSgxTcbInfo)), refused(Error::kCollateralRefused));
  EXPECT_EQ(scene.bring(item_of(publication, CollateralKind::kSgxTcbInfo)), std::nullopt);
}

TEST(collateral, strangers_cannot_use_up_what_enclaves_need) {
  Scene scene;
  scene.chain.block({{scene.a, scene.a.registers(scene.chain)}});
  const auto item = item_of(now(scene.chain), CollateralKind::kIntelRootCrl);
  auto forged = item;
  forged.body.value.back() ^= 1;
  const Bytes bad = brings(forged);
  scene.chain.block({{scene.stranger, bad},
                     {scene.stranger, bad},
                     {scene.stranger, bad},
                     {scene.stranger, bad},
                     {scene.stranger, brings(item)},
                     {scene.a, brings(item)}});
  EXPECT_EQ(scene.chain.failure_of(3), refused(Error::kCollateralRefused));
  EXPECT_EQ(scene.chain.failure_of(4), refused(Error::kTooManyCollateral));
  EXPECT_FALSE(scene.chain.failure_of(5));
}

TEST(collateral, a_registration_lasts_no_longer_than_it) {
  Scene scene;
  auto publication = now(scene.chain);
  publication.next_update = publication.issued + 7200;
  scene.publish(publication);
  scene.chain.block({{scene.a, scene.a.registers(scene.chain)}});
  EXPECT_EQ(scene.entry(scene.a).valid_until, publication.next_update * 1000);
  EXPECT_EQ(scene.entry(scene.a).evaluation_number, 1u);
  EXPECT_EQ(scene.entry(scene.a).collateral.value.size(), 4u);
  EXPECT_EQ(scene.entry(scene.a).tcb_status, TcbStatus::kSimulated);
}

TEST(collateral, newer_one_shortens_and_lengthens_registrations) {
  Scene scene;
  scene.found();
  const auto before = scene.entry(scene.a);
  EXPECT_EQ(before.collateral.value.size(), 4u) << "also what the chain has none of";
  auto publication = now(scene.chain);
  publication.next_update = publication.issued + 7200;
  scene.publish(publication);
  EXPECT_EQ(scene.entry(scene.a).valid_until, publication.next_update * 1000);
  scene.chain.wait(3'600'000);
  scene.publish(now(scene.chain));
  EXPECT_EQ(scene.entry(scene.a).valid_until, before.valid_until) << "24 h from the attestation, not more";
}

TEST(collateral, expired_one_takes_new_registrations_and_not_the_last_member) {
  Scene scene;
  scene.found();
  auto publication = now(scene.chain);
  publication.next_update = publication.issued + 7200;
  scene.publish(publication);
  scene.chain.wait(7'300'000 + 3'600'000);
  scene.chain.block();
  scene.expect_only_one_active();
  EXPECT_EQ(scene.chain.failure(scene.a, scene.a.registers(scene.chain)), refused(Error::kEvidenceRefused));
  scene.publish(now(scene.chain));
  EXPECT_FALSE(scene.chain.failure(scene.a, scene.a.registers(scene.chain)));
}

TEST(collateral, the_policys_grace_lengthens_it) {
  Scene scene;
  auto policy = attestation::development_policy();
  policy.collateral_grace = 3600;
  scene.chain.block({{root(), as_root(registry::encode_call(registry::SetPolicy{policy}))}});
  auto publication = now(scene.chain);
  publication.next_update = publication.issued + 7200;
  scene.publish(publication);
  scene.chain.wait(7'300'000);
  EXPECT_FALSE(scene.chain.failure(scene.a, scene.a.registers(scene.chain)));
  EXPECT_EQ(scene.entry(scene.a).valid_until, (publication.next_update + 3600) * 1000);
}

TEST(revocation, of_a_platform_puts_its_member_out_in_that_block) {
  Scene scene;
  scene.found();
  auto publication = now(scene.chain);
  scene.publish(publication);
  ++publication.issued;
  ++publication.crl_number;
  publication.revoked_platforms = {scene.a.platform.pck_serial()};
  EXPECT_EQ(scene.bring(item_of(publication, CollateralKind::kPckProcessorCrl)), std::nullopt);
  EXPECT_EQ(status_of(scene.chain, scene.a), MemberStatus::kExpired);
  EXPECT_EQ(status_of(scene.chain, scene.b), MemberStatus::kActive);
  EXPECT_EQ(
      scene.chain.journal_of<registry::MemberChanged>(),
      std::vector{(registry::MemberChanged{kShard, scene.a.account(), scene.a.instance, MemberStatus::kExpired})});
  EXPECT_EQ(scene.chain.failure(scene.a, scene.a.confirms(scene.chain, scene.founding)), refused(Error::kExpired));
  EXPECT_EQ(scene.chain.failure(scene.a, scene.a.registers(scene.chain)), refused(Error::kEvidenceRefused));
}

TEST(revocation, puts_out_the_last_active_member_too) {
  Scene scene;
  scene.found();
  auto publication = now(scene.chain);
  publication.revoked_platforms = {scene.a.platform.pck_serial(), scene.b.platform.pck_serial()};
  EXPECT_EQ(scene.bring(item_of(publication, CollateralKind::kPckProcessorCrl)), std::nullopt);
  EXPECT_EQ(status_of(scene.chain, scene.a), MemberStatus::kExpired);
  EXPECT_EQ(status_of(scene.chain, scene.b), MemberStatus::kExpired);
}

TEST(revocation, of_a_tcb_level_puts_out_all_who_are_at_it) {
  Scene scene;
  scene.found();
  auto publication = now(scene.chain);
  publication.platform_status = TcbStatus::kRevoked;
  EXPECT_EQ(scene.bring(item_of(publication, CollateralKind::kSgxTcbInfo)), std::nullopt);
  EXPECT_EQ(status_of(scene.chain, scene.a), MemberStatus::kExpired);
  EXPECT_EQ(scene.entry(scene.a).tcb_status, TcbStatus::kRevoked);
  EXPECT_EQ(scene.chain.failure(scene.a, scene.a.registers(scene.chain)), refused(Error::kPolicyRefused));
}

TEST(revocation, is_not_hidden_by_other_collateral_that_has_expired) {
  Scene scene;
  scene.found();
  auto publication = now(scene.chain);
  publication.next_update = publication.issued + 7200;
  scene.publish(publication);
  scene.chain.wait(7'300'000);
  scene.chain.block();
  ASSERT_EQ(status_of(scene.chain, scene.a), MemberStatus::kActive) << "lapsed, in its grace";
  auto newer = now(scene.chain);
  newer.crl_number = 2;
  EXPECT_EQ(scene.bring(item_of(newer, CollateralKind::kIntelRootCrl)), std::nullopt);
  newer.revoked_platforms = {scene.a.platform.pck_serial()};
  EXPECT_EQ(scene.bring(item_of(newer, CollateralKind::kPckProcessorCrl)), std::nullopt);
  EXPECT_EQ(status_of(scene.chain, scene.a), MemberStatus::kExpired);
  EXPECT_EQ(status_of(scene.chain, scene.b), MemberStatus::kActive);
}

/// A policy that allows no advisory, and TCB info that names one: what a TCB recovery looks like.
struct Recovery : Scene {
  attestation::Policy policy = attestation::development_policy();
  Recovery() {
    policy.allowed_advisories.emplace();
    chain.block({{root(), as_root(registry::encode_call(registry::SetPolicy{policy}))}});
    found();
    publish(now(chain));
    auto newer = now(chain);
    newer.evaluation_number = 2;
    newer.advisories = {"INTEL-SA-00615"};
    EXPECT_EQ(bring(item_of(newer, CollateralKind::kSgxTcbInfo)), std::nullopt);
  }
};

TEST(tcb_recovery, takes_joining_and_providing_at_once_and_confirming_after_the_grace) {
  Recovery scene;
  EXPECT_EQ(scene.entry(scene.a).valid_until, scene.chain.time);
  EXPECT_EQ(scene.entry(scene.a).advisories.value, std::vector<std::string>{"INTEL-SA-00615"});
  EXPECT_EQ(status_of(scene.chain, scene.a), MemberStatus::kActive);
  EXPECT_EQ(scene.chain.failure(scene.a, scene.a.releases(scene.b)), refused(Error::kReleaseRefused));
  EXPECT_FALSE(scene.chain.failure(scene.a, scene.a.confirms(scene.chain, work(scene.chain))));
  EXPECT_EQ(scene.chain.failure(scene.a, scene.a.registers(scene.chain)), refused(Error::kPolicyRefused));
  scene.chain.wait(3'600'000);
  scene.chain.block();
  scene.expect_only_one_active();
}

TEST(tcb_recovery, another_policy_that_refuses_as_before_leaves_the_grace) {
  Recovery scene;
  scene.policy.denied_platforms.value = {attestation::PlatformId{{9}}};
  scene.chain.block({{root(), as_root(registry::encode_call(registry::SetPolicy{scene.policy}))}});
  EXPECT_EQ(status_of(scene.chain, scene.a), MemberStatus::kActive);
  EXPECT_LT(scene.entry(scene.a).valid_until, scene.chain.time);
}

TEST(tcb_recovery, a_policy_that_allows_the_advisory_ends_it) {
  Recovery scene;
  scene.policy.allowed_advisories->value = {{"INTEL-SA-00615"}};
  scene.chain.block({{root(), as_root(registry::encode_call(registry::SetPolicy{scene.policy}))}});
  EXPECT_GT(scene.entry(scene.a).valid_until, scene.chain.time + 20 * 3'600'000);
  EXPECT_FALSE(scene.chain.failure(scene.a, scene.a.releases(scene.b)));
}

TEST(tcb_recovery, is_announced_to_who_asks) {
  Recovery scene;
  const auto all = substratee_registry::appraise_members(scene.chain.state(), {}, {});
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].appraisal.standing, Standing::kLapsed);
  EXPECT_EQ(all[0].appraisal.code(), "Advisory");
  auto stricter = scene.policy;
  stricter.minimum_evaluation_number = 3;
  EXPECT_EQ(substratee_registry::appraise_members(scene.chain.state(), stricter, {})[0].appraisal.code(), "Advisory");
}

TEST(prospects, tell_when_collateral_ends) {
  Scene scene;
  scene.found();
  auto publication = now(scene.chain);
  publication.next_update = publication.issued + 7200;
  scene.publish(publication);
  const auto before = substratee_registry::appraise_members(scene.chain.state(), {}, publication.next_update - 1);
  EXPECT_EQ(before[0].appraisal.standing, Standing::kHolds);
  for (const auto& one : substratee_registry::appraise_members(scene.chain.state(), {}, publication.next_update + 60)) {
    EXPECT_EQ(one.appraisal.standing, Standing::kLapsed);
    EXPECT_EQ(one.appraisal.code(), "CollateralExpired");
    EXPECT_EQ(one.valid_until, publication.next_update * 1000);
  }
}

}  // namespace
}  // namespace substratee::node::runtime::test
