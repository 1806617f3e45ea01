#include "core/attestation/policy/appraise.hpp"

#include "core/attestation/dcap/authenticate.hpp"
#include "core/attestation/forge_for_test.hpp"
#include "core/attestation/policy/development_root.hpp"

namespace substratee::attestation {
namespace {

class AppraiseTest : public ::testing::Test {
 protected:
  AppraiseTest() {
    const auto claims = sample_claims();
    evidence_.kind = Kind::kSimulated;
    evidence_.tcb_status = TcbStatus::kSimulated;
    evidence_.root = development_root();
    evidence_.measurement = crypto::sha256(as_bytes("program"));
    evidence_.pubkey_hash = claims.pubkey_hash;
    evidence_.claims = claims.substratee;
    evidence_.valid_until = kNotAfter;
    measurements_ = {evidence_.measurement};
    expectation_ = {.purpose = Purpose::kRegistration,
                    .genesis_hash = claims.substratee.genesis_hash,
                    .pubkey_hash = claims.pubkey_hash,
                    .account = claims.substratee.account,
                    .encryption_key = claims.substratee.encryption_key,
                    .instance = claims.substratee.instance,
                    .platform_id = evidence_.platform_id,
                    .head = 1010,
                    .named_block = claims.substratee.block_hash,
                    .now = kTestNow};
  }
  [[nodiscard]] std::expected<void, Refusal> appraise_it() const {
    return appraise(evidence_, policy_, measurements_, expectation_);
  }
  void expect(Refusal refusal) {
    const auto result = appraise_it();
    ASSERT_FALSE(result) << "accepted, but expected: " << to_string(refusal);
    EXPECT_EQ(result.error(), refusal) << to_string(result.error());
  }

  VerifiedEvidence evidence_;
  Policy policy_ = development_policy();
  std::vector<Measurement> measurements_;
  Expectation expectation_;
};

TEST_F(AppraiseTest, accepts_what_is_named) { EXPECT_TRUE(appraise_it()); }

TEST_F(AppraiseTest, the_default_policy_allows_nothing) {
  policy_ = {};
  expect(Refusal::kKindNotAllowed);
  policy_.allowed_kinds.value = {Kind::kSimulated, Kind::kSgxDcap};
  expect(Refusal::kUnknownRoot);
  evidence_.kind = Kind::kSgxDcap;
  evidence_.hardware = true;
  evidence_.tcb_status = TcbStatus::kUpToDate;
  expect(Refusal::kStatusNotAllowed);
}

TEST_F(AppraiseTest, a_kind_must_be_named) {
  policy_.allowed_kinds.value = {Kind::kSgxDcap, Kind::kTdx, Kind::kSevSnp, Kind::kIas};
  expect(Refusal::kKindNotAllowed);
}

TEST_F(AppraiseTest, reports_of_intels_former_service_need_their_root_named_too) {
  policy_.allowed_kinds.value = {Kind::kIas};
  policy_.allowed_statuses.value = {TcbStatus::kSwHardeningNeeded};
  evidence_.kind = Kind::kIas;
  evidence_.hardware = true;
  evidence_.tcb_status = TcbStatus::kSwHardeningNeeded;
  expect(Refusal::kUnknownRoot);
  policy_.ias_roots.value = {evidence_.root};
  EXPECT_TRUE(appraise_it());
}

TEST_F(AppraiseTest, advisories_are_free_until_a_list_stands) {
  evidence_.advisories = {"INTEL-SA-00615", "INTEL-SA-00657"};
  EXPECT_TRUE(appraise_it());
  policy_.allowed_advisories.emplace();
  expect(Refusal::kAdvisory);
  policy_.allowed_advisories->value = {{"INTEL-SA-00615"}};
  expect(Refusal::kAdvisory);
  policy_.allowed_advisories->value = {{"INTEL-SA-00657"}, {"INTEL-SA-00615"}};
  EXPECT_TRUE(appraise_it());
}

TEST_F(AppraiseTest, collateral_must_be_as_new_as_demanded) {
  policy_.minimum_evaluation_number = 17;
  expect(Refusal::kEvaluationNumber);
  evidence_.evaluation_number = 16;
  expect(Refusal::kEvaluationNumber);
  evidence_.evaluation_number = 17;
  EXPECT_TRUE(appraise_it());
  policy_.allowed_kinds.value = {Kind::kSevSnp};
  evidence_.kind = Kind::kSevSnp;
  evidence_.hardware = true;
  evidence_.evaluation_number = 0;
  EXPECT_TRUE(appraise_it()) << "AMD publishes no such number";
}

TEST_F(AppraiseTest, platforms_and_types_of_platforms_can_be_denied) {
  policy_.denied_platforms.value = {evidence_.platform_id};
  expect(Refusal::kPlatformDenied);
  policy_.denied_platforms.value = {{{9}}};
  policy_.denied_fmspcs.value = {{{0x00, 0x60, 0x6a}}};
  EXPECT_TRUE(appraise_it());
  evidence_.fmspc = Fmspc{{0x00, 0x60, 0x6a}};
  expect(Refusal::kFmspcDenied);
}

TEST_F(AppraiseTest, a_policy_alone_can_be_asked) {
  expectation_.purpose = Purpose::kApiAnswer;
  measurements_.clear();
  EXPECT_TRUE(check_policy(evidence_, policy_, kNotAfter));
  EXPECT_EQ(check_policy(evidence_, policy_, kNotAfter + 1), std::unexpected(Refusal::kExpired));
}

TEST_F(AppraiseTest, a_simulation_root_must_be_named) {
  evidence_.root[0] ^= 1;
  expect(Refusal::kUnknownRoot);
  policy_.simulation_roots.value.clear();
  expect(Refusal::kUnknownRoot);
}

TEST_F(AppraiseTest, a_status_must_be_named_and_revoked_never_counts) {
  policy_.allowed_statuses.value = {TcbStatus::kUpToDate};
  expect(Refusal::kStatusNotAllowed);
  policy_.allowed_statuses.value = {TcbStatus::kRevoked};
  evidence_.tcb_status = TcbStatus::kRevoked;
  expect(Refusal::kStatusNotAllowed);
}

TEST_F(AppraiseTest, debug_is_refused) {
  evidence_.debug = true;
  expect(Refusal::kDebug);
}

TEST_F(AppraiseTest, a_verdict_expires) {
  expectation_.now = kNotAfter;
  EXPECT_TRUE(appraise_it());
  expectation_.now = kNotAfter + 1;
  expect(Refusal::kExpired);
}

TEST_F(AppraiseTest, a_measurement_must_be_named) {
  measurements_[0][31] ^= 1;
  expect(Refusal::kWrongMeasurement);
  measurements_.clear();
  expect(Refusal::kWrongMeasurement);
}

TEST_F(AppraiseTest, purpose_chain_and_key_must_fit) {
  expectation_.purpose = Purpose::kProvisioning;
  expect(Refusal::kWrongPurpose);
  expectation_.purpose = Purpose::kRegistration;
  expectation_.genesis_hash[0] ^= 1;
  expect(Refusal::kWrongGenesis);
  expectation_.genesis_hash[0] ^= 1;
  expectation_.pubkey_hash[0] ^= 1;
  expect(Refusal::kKeyMismatch);
}

TEST_F(AppraiseTest, what_is_registered_must_fit) {
  (*expectation_.account)[0] ^= 1;
  expect(Refusal::kAccountMismatch);
  expectation_.account.reset();
  (*expectation_.encryption_key)[0] ^= 1;
  expect(Refusal::kEncryptionKeyMismatch);
  expectation_.encryption_key.reset();
  (*expectation_.instance)[0] ^= 1;
  expect(Refusal::kInstanceMismatch);
  expectation_.instance.reset();
  (*expectation_.platform_id)[0] ^= 1;
  expect(Refusal::kPlatformMismatch);
  expectation_.platform_id.reset();
  EXPECT_TRUE(appraise_it()) << "nothing expected, nothing compared";
}

TEST_F(AppraiseTest, the_named_block_must_be_recent_and_known) {
  expectation_.head = 1064;
  EXPECT_TRUE(appraise_it()) << "64 behind";
  expectation_.head = 1065;
  expect(Refusal::kStale);
  expectation_.head = 1000;
  EXPECT_TRUE(appraise_it()) << "the head itself";
  expectation_.head = 999;
  expect(Refusal::kBlockAhead);
  expectation_.head = 1000;
  (*expectation_.named_block)[0] ^= 1;
  expect(Refusal::kUnknownBlock);
  expectation_.named_block.reset();
  expect(Refusal::kUnknownBlock);
}

TEST_F(AppraiseTest, every_refusal_has_a_text_of_its_own) {
  std::vector<std::string_view> texts;
  for (int i = 0; i <= static_cast<int>(scale_last(Refusal{})); ++i) {
    const auto code = to_code(static_cast<Refusal>(i));
    EXPECT_NE(code, "Unknown");
    EXPECT_EQ(std::ranges::find(texts, code), texts.end()) << code;
    texts.push_back(code);
    const auto text = to_string(static_cast<Refusal>(i));
    EXPECT_NE(text, "unknown refusal");
    EXPECT_EQ(std::ranges::find(texts, text), texts.end()) << text;
    texts.push_back(text);
  }
}

TEST_F(AppraiseTest, a_policy_travels) {
  const auto wire = scale::encode(policy_);
  EXPECT_EQ(scale::decode<Policy>(wire), policy_);
  for (std::size_t size = 0; size < wire.size(); ++size)
    EXPECT_FALSE(scale::decode<Policy>(ByteView(wire).first(size)));
}

TEST_F(AppraiseTest, a_policy_with_everything_in_it_travels) {
  policy_.allowed_advisories.emplace();
  policy_.allowed_advisories->value = {{"INTEL-SA-00615"}};
  policy_.denied_platforms.value = {{{1}}};
  policy_.denied_fmspcs.value = {{{2}}};
  policy_.ias_roots.value = {{{3}}};
  policy_.allow_vlek = true;
  EXPECT_EQ(scale::decode<Policy>(scale::encode(policy_)), policy_);
}

TEST_F(AppraiseTest, vendors_roots_are_pinned_and_others_come_from_the_policy) {
  const auto anchors = trust_anchors_of(policy_);
  EXPECT_EQ(anchors.intel_roots, std::vector{dcap::kIntelRoot});
  EXPECT_EQ(anchors.simulation_roots, std::vector{development_root()});
  EXPECT_EQ(anchors.amd_roots.size(), 3u);
  EXPECT_TRUE(anchors.ias_roots.empty());
  EXPECT_TRUE(trust_anchors_of({}).simulation_roots.empty());
}

TEST_F(AppraiseTest, only_allowed_kinds_lend_their_roots_to_a_charter) {
  EXPECT_EQ(accepted_roots_of(policy_), std::vector{development_root()});
  EXPECT_TRUE(accepted_roots_of({}).empty());
  policy_.allowed_kinds.value = {Kind::kTdx, Kind::kSevSnp};
  EXPECT_EQ(accepted_roots_of(policy_).size(), 4u);
  EXPECT_EQ(accepted_roots_of(policy_).front(), dcap::kIntelRoot);
}

TEST_F(AppraiseTest, verification_takes_its_options_from_the_policy) {
  EXPECT_EQ(verify_options_of({}), VerifyOptions{});
  policy_.collateral_grace = 5;
  policy_.allow_vlek = true;
  EXPECT_EQ(verify_options_of(policy_), (VerifyOptions{.collateral_grace = 5, .allow_vlek = true}));
}

}  // namespace
}  // namespace substratee::attestation
