#include "core/attestation/simulation/root.hpp"
#include "tests/network/network.hpp"
#include "tests/network/rogue.hpp"

/// Registrations that the chain must refuse, each for its reason.

namespace substratee::test {
namespace {

using attestation::Purpose;
using registry::Error;

class RegistrationAttack : public Network {
 protected:
  void SetUp() override {
    idle(3);
    Rogue honest(world, 6);
    ASSERT_EQ(honest.submit_registration(), std::nullopt) << "the honest path";
    ASSERT_EQ(member(honest.account()), registry::MemberStatus::kJoining);
  }
  /// A registration whose quote stands under `root` and has these attributes besides the ordinary ones.
  registry::RegisterEnclave quoted(const attestation::simulation::SimulationRoot& root, std::uint64_t attributes) {
    const auto platform =
        attestation::simulation::SimulatedPlatform::make(crypto::Secret<32>::draw(world.random()), root);
    const auto claims = attestation::encode_claims(rogue.registration_claims());
    attestation::simulation::QuoteRequest request;
    request.measurement = test_measurement();
    request.report_data = attestation::report_data_for(claims);
    request.attributes |= attributes;
    return rogue.registration({attestation::Kind::kSimulated, {platform.quote(request)}, {claims}});
  }
  std::optional<Error> submit(attestation::Claims claims) {
    return rogue.submit(rogue.registration(rogue.evidence(claims)));
  }
  bool is_registered() const {
    return world.read<std::uint64_t>(registry::key::enclave_index(rogue.account())).has_value();
  }
  Rogue rogue{world, 7};
};

TEST_F(RegistrationAttack, none) {
  EXPECT_EQ(rogue.submit_registration(), std::nullopt);
  EXPECT_EQ(member(rogue.account()), registry::MemberStatus::kJoining);
}

TEST_F(RegistrationAttack, attack_wrong_measurement) {
  Rogue other(world, 8, crypto::sha256(as_bytes("another program")));
  EXPECT_EQ(other.submit_registration(), Error::kWrongMeasurement);
  EXPECT_EQ(member(other.account()), std::nullopt);
}

TEST_F(RegistrationAttack, attack_evidence_of_another_account) {
  Rogue other(world, 8);
  EXPECT_EQ(rogue.submit(rogue.registration(other.evidence(other.registration_claims()))), Error::kAccountMismatch);
  EXPECT_FALSE(is_registered());
}

TEST_F(RegistrationAttack, attack_quote_key_mismatch) {
  auto claims = rogue.registration_claims();
  claims.pubkey_hash[0] ^= 1;
  EXPECT_EQ(submit(claims), Error::kAccountMismatch);
  EXPECT_FALSE(is_registered());
}

TEST_F(RegistrationAttack, attack_stale_evidence) {
  const auto claims = rogue.registration_claims();
  idle(64);  // the next block is the 65th behind
  EXPECT_EQ(submit(claims), std::nullopt) << "64 blocks are fresh enough";
  idle(1);
  EXPECT_EQ(submit(claims), Error::kStaleEvidence);
}

TEST_F(RegistrationAttack, attack_replayed_registration) {
  const auto wire = rogue.sign(rogue.registration(rogue.evidence(rogue.registration_claims())));
  world.submit(wire);
  world.mine();
  ASSERT_TRUE(is_registered());
  world.submit(rogue.sign(registry::UnregisterEnclave{}));
  world.mine();
  ASSERT_FALSE(is_registered());
  world.submit(wire);
  world.mine();
  EXPECT_EQ(world.rejected(), std::vector{node::runtime::InvalidReason::kStale});
  EXPECT_FALSE(is_registered());
}

TEST_F(RegistrationAttack, attack_evidence_for_another_purpose) {
  auto claims = rogue.registration_claims();
  for (const auto purpose : {Purpose::kProvisioning, Purpose::kApiAnswer}) {
    claims.substratee.purpose = purpose;
    EXPECT_EQ(submit(claims), Error::kEvidenceRefused);
  }
}

TEST_F(RegistrationAttack, attack_evidence_of_another_chain) {
  auto claims = rogue.registration_claims();
  claims.substratee.genesis_hash[0] ^= 1;
  EXPECT_EQ(submit(claims), Error::kEvidenceRefused);
}

TEST_F(RegistrationAttack, attack_evidence_that_names_a_foreign_or_future_block) {
  auto claims = rogue.registration_claims();
  claims.substratee.block_hash[0] ^= 1;
  EXPECT_EQ(submit(claims), Error::kStaleEvidence);
  claims = rogue.registration_claims();
  claims.substratee.block_number += 10;
  EXPECT_EQ(submit(claims), Error::kStaleEvidence);
}

TEST_F(RegistrationAttack, attack_claims_that_the_quote_does_not_hold) {
  auto evidence = rogue.evidence(rogue.registration_claims());
  auto claims = rogue.registration_claims();
  claims.substratee.encryption_key[0] ^= 1;
  evidence.claims.value = attestation::encode_claims(claims);
  EXPECT_EQ(rogue.submit(rogue.registration(evidence)), Error::kEvidenceRefused);
}

TEST_F(RegistrationAttack, attack_debug_enclave) {
  const auto root = attestation::simulation::SimulationRoot::development();
  constexpr std::uint64_t kDebug = 2;
  EXPECT_EQ(rogue.submit(quoted(root, kDebug)), Error::kPolicyRefused);
  EXPECT_FALSE(is_registered());
  EXPECT_EQ(rogue.submit(quoted(root, 0)), std::nullopt);
}

TEST_F(RegistrationAttack, attack_unknown_root) {
  const auto own = attestation::simulation::SimulationRoot::from_secret(FixedBytes<32>{{7}}.bytes, "mine");
  EXPECT_EQ(rogue.submit(quoted(own, 0)), Error::kEvidenceRefused);
  EXPECT_FALSE(is_registered());
}

/// The evidence that the development chain takes, on a chain whose shard demands hardware.
TEST_F(RegistrationAttack, attack_simulated_evidence_on_a_hardware_chain) {
  World hardware({test_measurement()}, 4, 1, true);
  hardware.mine();
  Rogue simulated(hardware, 7);
  EXPECT_EQ(simulated.submit_registration(), Error::kPolicyRefused);
  EXPECT_EQ(hardware.read<std::uint64_t>(registry::key::enclave_index(simulated.account())), std::nullopt);
}

TEST_F(RegistrationAttack, attack_simulated_evidence_named_hardware) {
  auto evidence = rogue.evidence(rogue.registration_claims());
  evidence.kind = attestation::Kind::kSgxDcap;
  EXPECT_EQ(rogue.submit(rogue.registration(evidence)), Error::kEvidenceRefused);
}

TEST_F(RegistrationAttack, bad_urls) {
  auto call = rogue.registration(rogue.evidence(rogue.registration_claims()));
  call.worker_url.value = "file:///etc/passwd";
  EXPECT_EQ(rogue.submit(call), Error::kUrlInvalid);
}

TEST_F(RegistrationAttack, too_many_in_one_block) {
  std::vector<std::unique_ptr<Rogue>> many;
  for (std::uint64_t i = 0; i < 5; ++i) {
    many.push_back(std::make_unique<Rogue>(world, 100 + i));
    world.submit(
        many.back()->sign(many.back()->registration(many.back()->evidence(many.back()->registration_claims()))));
  }
  world.mine();
  EXPECT_EQ(registry_error(world), Error::kTooManyRegistrations);
  EXPECT_EQ(many.back()->submit_registration(), std::nullopt) << "the next block has room";
}

TEST_F(RegistrationAttack, attack_quarantined_worker_under_a_new_key) {
  ASSERT_EQ(rogue.submit_registration(), std::nullopt);
  const auto call = registry::encode_call(registry::Quarantine{world.shard(), rogue.account()});
  world.submit(world.sign(concat(Bytes{registry::kSudoIndex, 0}, call), "//Alice"));
  world.mine();
  ASSERT_EQ(member(rogue.account()), registry::MemberStatus::kQuarantined);
  EXPECT_EQ(rogue.submit_registration(), std::nullopt);
  EXPECT_EQ(member(rogue.account()), registry::MemberStatus::kQuarantined) << "renewing is no way out";
  // The same machine makes the evidence for another account.
  Rogue fresh(world, 9);
  EXPECT_EQ(fresh.submit(fresh.registration(rogue.evidence(fresh.registration_claims()))), Error::kQuarantined);
  EXPECT_EQ(member(fresh.account()), std::nullopt);
}

}  // namespace
}  // namespace substratee::test
