#include "core/attestation/simulation/publication.hpp"

#include "core/attestation/forge_for_test.hpp"
#include "core/attestation/policy/development_root.hpp"

namespace substratee::attestation::simulation {
namespace {

constexpr UnixSeconds kEnd = kTestNow + 1000;

class PublicationTest : public ::testing::Test {
 protected:
  PublicationTest() {
    publication_.issued = kTestNow;
    publication_.next_update = kEnd;
  }

  [[nodiscard]] Result<VerifiedEvidence> verify_with(const CollateralSet& set, UnixSeconds now = kTestNow) const {
    return verify(platform_.evidence({}, sample_claims()), set, anchors_, now);
  }
  [[nodiscard]] Result<VerifiedEvidence> verify_published(UnixSeconds now = kTestNow) const {
    return verify_with(publish(root_, publication_), now);
  }

  test::SeededRandom random_{7};
  SimulationRoot root_ = SimulationRoot::development();
  SimulatedPlatform platform_ = SimulatedPlatform::make(crypto::Secret<32>::draw(random_), root_);
  TrustAnchors anchors_{.intel_roots = {}, .simulation_roots = {root_.hash()}};
  Publication publication_;
};

TEST_F(PublicationTest, items_are_those_that_simulated_evidence_may_need) {
  const auto needs = collateral_needs(platform_.evidence({}, sample_claims()));
  ASSERT_TRUE(needs);
  const auto set = publish(root_, publication_);
  ASSERT_EQ(needs->size(), set.size());
  const auto& root_list = set[3].second;
  for (std::size_t i = 0; i < set.size(); ++i) {
    EXPECT_EQ((*needs)[i], (CollateralNeed{set[i].first, true}));
    const auto verified = verify_collateral(set[i].second, anchors_, &root_list, kTestNow);
    ASSERT_TRUE(verified) << to_code(verified.error());
    EXPECT_EQ(verified->id, set[i].first);
    EXPECT_EQ(verified->expires, kEnd);
  }
}

TEST_F(PublicationTest, a_simulated_platform_stays_simulated_whatever_level_it_reaches) {
  for (const auto status : {TcbStatus::kUpToDate, TcbStatus::kOutOfDate, TcbStatus::kConfigurationNeeded}) {
    publication_.platform_status = status;
    publication_.advisories = {"SIM-SA-00001"};
    const auto verified = verify_published();
    ASSERT_TRUE(verified) << to_code(verified.error());
    EXPECT_EQ(verified->tcb_status, TcbStatus::kSimulated);
    EXPECT_FALSE(verified->hardware);
    EXPECT_EQ(verified->platform_status, status);
    EXPECT_EQ(verified->qe_status, TcbStatus::kUpToDate);
    EXPECT_EQ(verified->advisories, publication_.advisories);
    EXPECT_EQ(verified->evaluation_number, 1u);
    EXPECT_EQ(verified->valid_until, kEnd);
  }
}

TEST_F(PublicationTest, revoked_is_revoked_in_simulation_too) {
  publication_.platform_status = TcbStatus::kRevoked;
  EXPECT_EQ(verify_published()->tcb_status, TcbStatus::kRevoked);
  publication_.platform_status = TcbStatus::kUpToDate;
  publication_.qe_status = TcbStatus::kRevoked;
  EXPECT_EQ(verify_published()->tcb_status, TcbStatus::kRevoked);
  publication_.qe_status = TcbStatus::kUpToDate;
  publication_.revoked_platforms = {platform_.pck_serial()};
  EXPECT_EQ(verify_published().error(), Error::kPckRevoked);
}

TEST_F(PublicationTest, what_is_missing_is_passed_over_and_what_is_there_counts) {
  const auto all = publish(root_, publication_);
  EXPECT_FALSE(verify_with({})->platform_status);
  EXPECT_EQ(verify_with({})->valid_until, kNotAfter);
  for (const auto& one : all) EXPECT_TRUE(verify_with({one})) << to_string(one.first.kind);
  EXPECT_EQ(verify_with({all[0]})->platform_status, TcbStatus::kUpToDate);
  EXPECT_FALSE(verify_with({all[0]})->qe_status);
  EXPECT_EQ(verify_with({all[1]})->qe_status, TcbStatus::kUpToDate);
  for (const auto& one : all) {
    EXPECT_EQ(verify_with({one}, kEnd + 1).error(), Error::kCollateralExpired);
    EXPECT_EQ(verify_with({one}, kTestNow - 1).error(), Error::kCollateralNotYetValid);
    auto broken = one;
    broken.second.body.value.back() ^= 1;
    EXPECT_FALSE(verify_with({broken})) << to_string(one.first.kind);
  }
}

TEST_F(PublicationTest, another_root_s_word_is_not_heard) {
  const auto secret = crypto::sha256(as_bytes("another"));
  const auto other = SimulationRoot::from_secret(secret.bytes, "another");
  auto set = publish(root_, publication_);
  auto foreign = publish(other, publication_);
  EXPECT_EQ(verify_with(foreign)->platform_status, std::nullopt) << "kept under its own ids";
  for (std::size_t i = 0; i < set.size(); ++i) set[i].second = foreign[i].second;
  EXPECT_EQ(verify_with(set).error(), Error::kUnknownRoot);
}

TEST_F(PublicationTest, simulated_collateral_is_none_for_hardware) {
  const auto set = publish(root_, publication_);
  const TrustAnchors as_intel{.intel_roots = {root_.hash()}, .simulation_roots = {}};
  EXPECT_EQ(verify_collateral(set[0].second, as_intel, nullptr, kTestNow).error(), Error::kBadTcbSigner)
      << "the signer's name says what it is";
}

}  // namespace
}  // namespace substratee::attestation::simulation
