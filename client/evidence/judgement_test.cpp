// Files in, verdict out, with evidence of ours; samples of other makers are judged in tests/e2e/attestation_test.py.
#include "client/evidence/judgement.hpp"

#include "client/evidence/present.hpp"
#include "core/attestation/pem.hpp"
#include "core/attestation/policy/development_root.hpp"
#include "core/attestation/ratls/certificate.hpp"
#include "core/attestation/simulation/platform.hpp"
#include "core/attestation/spki.hpp"
#include "tests/support/random.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace substratee::client::evidence {
namespace {

namespace simulation = attestation::simulation;

constexpr std::string_view kPolicy =
    R"({"measurements":"any","signers":"any","statuses":"any","advisories":"any","evidence":["simulated"],
        "simulation_roots":["development"]})";

class JudgementTest : public ::testing::Test {
 protected:
  std::string file(const std::string& name, ByteView content) {
    const auto path = (directory_.path() / name).string();
    std::ofstream(path, std::ios::binary) << as_text(content);
    return path;
  }
  Question question(ByteView content, std::string_view policy = kPolicy) {
    Question out;
    out.evidence = file("evidence", content);
    out.policy = file("policy", as_bytes(policy));
    out.now = 1'800'000'000;
    return out;
  }
  std::optional<std::string> error_of(ByteView content) { return judge(question(content))->error; }

  test::TemporaryDirectory directory_;
  test::SeededRandom random_{5};
  crypto::p256::KeyPair key_ = crypto::p256::KeyPair::draw(random_);
  simulation::SimulatedPlatform platform_ =
      simulation::SimulatedPlatform::make(crypto::Secret<32>::draw(random_), simulation::SimulationRoot::development());
  attestation::Claims claims_ = [this] {
    attestation::Claims out;
    out.pubkey_hash = attestation::hash_of_spki(attestation::to_spki(key_.public_key()));
    return out;
  }();
  attestation::Evidence evidence_ = platform_.evidence({}, claims_);
};

TEST_F(JudgementTest, simulated_evidence_counts_only_where_it_is_named) {
  const auto named = judge(question(evidence_.body.value)).value();
  EXPECT_EQ(named.error, std::nullopt);
  const auto object = to_json(named);
  EXPECT_EQ(object.at("evidence"), "simulated");
  EXPECT_EQ(object.at("hardware"), false);
  EXPECT_EQ(object.at("tcb_status"), "Simulated");
  auto unnamed = question(evidence_.body.value);
  unnamed.policy.reset();
  EXPECT_EQ(judge(unnamed)->error, "UnknownRoot");
  const auto refused = to_json(*judge(unnamed));
  EXPECT_EQ(refused.at("verdict"), "refused");
  EXPECT_TRUE(refused.at("measurement").is_null());
}

TEST_F(JudgementTest, our_own_evidence_and_certificate_are_read) {
  const auto scale = scale::encode(evidence_);
  const auto der = attestation::ratls::make_certificate(key_, evidence_).value();
  const auto pem = attestation::pem::write_certificate(der);
  EXPECT_EQ(error_of(scale), std::nullopt);
  EXPECT_EQ(error_of(der), std::nullopt);
  EXPECT_EQ(error_of(as_bytes(pem)), std::nullopt);
  EXPECT_EQ(recognise(scale, "x")->form, Form::kEvidence);
  EXPECT_EQ(recognise(der, "x")->form, Form::kCertificate);
  const auto seen = inspect(*recognise(scale, "x"));
  EXPECT_EQ(seen.at("verified"), false);
  EXPECT_EQ(seen.at("claims").at("purpose"), "registration");
}

TEST_F(JudgementTest, changed_evidence_is_refused_with_a_code) {
  auto evidence = evidence_;
  evidence.claims.value.back() ^= 1;
  EXPECT_EQ(error_of(scale::encode(evidence)), "ReportDataMismatch");
  auto quote = evidence_.body.value;
  quote[100] ^= 1;
  EXPECT_EQ(error_of(quote), "BadQuoteSignature");
}

TEST_F(JudgementTest, what_cannot_be_read_is_the_callers_mistake) {
  auto absent = question(evidence_.body.value);
  absent.evidence += ".not";
  EXPECT_EQ(judge(absent).error().code, Code::kUsage);
  EXPECT_EQ(judge(question(Bytes(100, 0x77))).error().code, Code::kUsage);
  EXPECT_EQ(judge(question({})).error().code, Code::kUsage);
  EXPECT_EQ(judge(question(Bytes(kMaxFileSize + 1, 0x30))).error().code, Code::kUsage);
  EXPECT_EQ(judge(question(evidence_.body.value, "{}")).error().code, Code::kUsage);
}

TEST_F(JudgementTest, no_bytes_stop_it) {
  test::SeededRandom random{9};
  for (int round = 0; round < 300; ++round) {
    auto bytes = round % 2 == 0 ? scale::encode(evidence_) : evidence_.body.value;
    bytes[random.below(bytes.size())] = static_cast<std::uint8_t>(random.below(256));
    bytes.resize(random.below(bytes.size()));
    const auto seen = recognise(bytes, "x");
    if (seen) static_cast<void>(inspect(*seen));
  }
}

}  // namespace
}  // namespace substratee::client::evidence
