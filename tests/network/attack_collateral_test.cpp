#include "core/attestation/policy/appraise.hpp"
#include "core/attestation/ratls/certificate.hpp"
#include "core/attestation/simulation/publication.hpp"
#include "tests/network/network.hpp"
#include "tests/network/rogue.hpp"

/// Platforms that their maker has given up, and collateral that somebody would like to forget: the chain and both sides
/// of MU-RA refuse, each by itself and for its reason.

namespace substratee::test {
namespace {

using attestation::CollateralKind;
using attestation::simulation::Publication;
using attestation::simulation::SimulatedPlatform;
using attestation::simulation::SimulationRoot;
using registry::Error;
using registry::MemberStatus;

constexpr std::uint64_t kHour = 3'600'000;

SimulatedPlatform platform_of(std::uint64_t seed) {
  return SimulatedPlatform::make(platform_secret(seed), SimulationRoot::development());
}

class CollateralAttack : public Network {
 protected:
  void SetUp() override {
    found(provider);
    publication.issued = now();
    publication.next_update = now() + 100 * 24 * 3600;
    publish();
  }

  [[nodiscard]] std::uint64_t now() const { return *world.read<std::uint64_t>(registry::key::timestamp_now()) / 1000; }
  [[nodiscard]] attestation::CollateralItem item(CollateralKind kind) const {
    for (auto& [id, one] : attestation::simulation::publish(SimulationRoot::development(), publication)) {
      if (id.kind == kind) return one;
    }
    return {};
  }
  /// Anybody may bring it.
  std::optional<Error> bring(const attestation::CollateralItem& collateral) {
    world.submit(world.sign(registry::encode_call(registry::RegisterCollateral{collateral}), "//Bob"));
    world.mine();
    return registry_error(world);
  }
  void publish() {
    auto set = attestation::simulation::publish(SimulationRoot::development(), publication);
    std::ranges::reverse(set);  // the root's list first: by it the signers of the others are judged
    for (const auto& [id, one] : set) ASSERT_EQ(bring(one), std::nullopt) << attestation::to_string(id.kind);
  }
  /// The maker revokes the platform; the chain knows one block later.
  void revoke(std::uint64_t platform_seed) {
    publication.issued = now();
    ++publication.crl_number;
    publication.revoked_platforms = {platform_of(platform_seed).pck_serial()};
    ASSERT_EQ(bring(item(CollateralKind::kPckProcessorCrl)), std::nullopt);
  }
  Refused refusal(const Reply& reply) {
    EXPECT_TRUE(std::holds_alternative<Refused>(reply)) << "reply " << reply.index();
    return std::holds_alternative<Refused>(reply) ? std::get<Refused>(reply) : Refused{};
  }

  Publication publication;
  Host provider{world, ipfs, 1};
  Host joiner{world, ipfs, 2};
};

TEST_F(CollateralAttack, none) {
  join(joiner, provider);
  EXPECT_EQ(member(joiner), MemberStatus::kActive);
}

TEST_F(CollateralAttack, enclaves_take_the_collateral_of_a_peer_from_proofs) {
  register_joiner(joiner, provider);
  std::vector<Request> asked;
  provider.record(asked);
  ASSERT_TRUE(std::holds_alternative<Tls>(provision(joiner, provider)));
  std::size_t largest = 0;
  for (const auto& request : asked) {
    const auto* proof = std::get_if<SupplyProof>(&request);
    if (proof == nullptr) continue;
    for (const auto& node : proof->nodes.value) largest = std::max(largest, node.size());
  }
  EXPECT_GE(largest, item(CollateralKind::kSgxTcbInfo).body.value.size()) << "TCB info came in a proof";
}

TEST_F(CollateralAttack, attack_revoked_collateral) {
  Rogue rogue(world, 7);
  ASSERT_EQ(rogue.submit_registration(), std::nullopt) << "honest until its platform is revoked";
  provider.follow();
  ASSERT_TRUE(std::holds_alternative<Tls>(rogue.connect(provider, rogue.certify(), world.shard())));

  Host revoked(world, ipfs, 3);
  register_joiner(revoked, provider);
  revoke(3);
  EXPECT_EQ(member(revoked), MemberStatus::kExpired) << "out in the block of the list";
  provider.follow();
  EXPECT_EQ(revoked.follow().phase, Phase::kFollowing);
  EXPECT_EQ(revoked.refused(JoinBegin{provider.identity().account}), Refusal::kWrongPhase);
  revoked.submit_registration();
  world.mine();
  EXPECT_EQ(registry_error(world), Error::kEvidenceRefused);
}

TEST_F(CollateralAttack, attack_revoked_platform_under_the_name_of_a_good_one) {
  Rogue rogue(world, 7);
  ASSERT_EQ(rogue.submit_registration(), std::nullopt);
  revoke(9);
  provider.follow();
  const auto certificate_of = [&](std::uint64_t seed) {
    auto key = crypto::p256::KeyPair::draw(world.random());
    const auto claims = rogue.claims(attestation::Purpose::kProvisioning, attestation::to_spki(key.public_key()));
    const auto evidence = platform_of(seed).evidence(test_measurement(), claims);
    auto certificate = *attestation::ratls::make_certificate(key, evidence);
    return Rogue::Certified{std::move(key), std::move(certificate)};
  };
  const auto from_another = refusal(rogue.connect(provider, certificate_of(8), world.shard()));
  EXPECT_EQ(from_another.reason, Refusal::kPeerRefused);
  EXPECT_EQ(from_another.detail.value, attestation::to_string(attestation::Refusal::kPlatformMismatch));
  const auto from_revoked = refusal(rogue.connect(provider, certificate_of(9), world.shard()));
  EXPECT_EQ(from_revoked.reason, Refusal::kPeerRefused);
  EXPECT_EQ(from_revoked.detail.value, attestation::to_string(attestation::Error::kPckRevoked))
      << "the enclave has verified it with the chain's list";
}

TEST_F(CollateralAttack, attack_revoked_provider) {
  register_joiner(joiner, provider);
  revoke(1);
  joiner.follow();
  EXPECT_EQ(member(provider), MemberStatus::kExpired) << "though it was the only one";
  EXPECT_EQ(joiner.refused(JoinBegin{provider.identity().account}), Refusal::kPeerNotActive);
  provider.follow();
  EXPECT_EQ(provider.refused(ProvideBegin{}), Refusal::kWrongPhase);
}

TEST_F(CollateralAttack, attack_expired_collateral) {
  Rogue rogue(world, 7);
  ASSERT_EQ(rogue.submit_registration(), std::nullopt);
  provider.follow();
  ASSERT_TRUE(std::holds_alternative<Tls>(rogue.connect(provider, rogue.certify(), world.shard())));
  register_joiner(joiner, provider);

  publication.issued = now();
  publication.next_update = now() + 3600;
  publish();
  world.mine(kHour + 10'000);
  world.mine();
  provider.follow();
  joiner.follow();
  ASSERT_EQ(member(provider), MemberStatus::kActive) << "its grace";
  EXPECT_EQ(member(rogue.account()), MemberStatus::kExpired) << "who joins has none";
  const auto by_provider = refusal(rogue.connect(provider, rogue.certify(), world.shard()));
  EXPECT_EQ(by_provider.reason, Refusal::kPeerRefused);
  EXPECT_EQ(by_provider.detail.value, "the peer's registration has expired");
  EXPECT_EQ(rogue.submit_registration(), Error::kEvidenceRefused) << "the chain verifies nothing by old collateral";
  EXPECT_EQ(bring(item(CollateralKind::kSgxTcbInfo)), Error::kCollateralRefused);

  publication.issued = now();
  publication.next_update = now() + 24 * 3600;
  publish();
  EXPECT_EQ(rogue.submit_registration(), std::nullopt) << "newer collateral mends it";
}

TEST_F(CollateralAttack, attack_lapsed_provider) {
  register_joiner(joiner, provider);
  world.mine(24 * kHour);
  world.mine();
  joiner.submit_registration();
  world.mine();
  ASSERT_EQ(member(provider), MemberStatus::kActive);
  joiner.follow();
  const auto by_joiner = refusal(provision(joiner, provider));
  EXPECT_EQ(by_joiner.reason, Refusal::kPeerRefused) << "the joiner trusts no lapsed provider";
  EXPECT_EQ(by_joiner.detail.value, "the peer's registration has expired");
}

TEST_F(CollateralAttack, attack_older_collateral) {
  const auto before = item(CollateralKind::kPckProcessorCrl);
  Host revoked(world, ipfs, 3);
  register_joiner(revoked, provider);
  revoke(3);
  ASSERT_EQ(member(revoked), MemberStatus::kExpired);
  EXPECT_EQ(bring(before), Error::kOlderCollateral) << "a list without the revocation";
  EXPECT_EQ(bring(item(CollateralKind::kPckProcessorCrl)), Error::kSameCollateral);
  revoked.follow();
  revoked.submit_registration();
  world.mine();
  EXPECT_EQ(registry_error(world), Error::kEvidenceRefused);

  publication.evaluation_number = 2;
  const auto newer = item(CollateralKind::kSgxTcbInfo);
  EXPECT_EQ(bring(newer), std::nullopt);
  publication.evaluation_number = 1;
  publication.issued = now();
  EXPECT_EQ(bring(item(CollateralKind::kSgxTcbInfo)), Error::kOlderCollateral)
      << "issued later, but of an older evaluation";
}

TEST_F(CollateralAttack, attack_forged_collateral) {
  auto forged = item(CollateralKind::kPckProcessorCrl);
  publication.issued = now();
  EXPECT_EQ(bring(item(CollateralKind::kPckProcessorCrl)), std::nullopt);
  forged.body.value.back() ^= 1;
  EXPECT_EQ(bring(forged), Error::kCollateralRefused);
}

}  // namespace
}  // namespace substratee::test
