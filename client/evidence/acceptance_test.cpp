#include "client/evidence/acceptance.hpp"

#include "core/base/hex.hpp"

#include <gtest/gtest.h>

namespace substratee::client::evidence {
namespace {

using attestation::AuthenticEvidence;
using attestation::Kind;
using attestation::TcbStatus;

constexpr std::string_view kAny = R"("measurements":"any","signers":"any","statuses":"any","advisories":"any")";

Result<Acceptance> parse(std::string_view members) {
  return parse_acceptance(as_bytes("{" + std::string(members) + "}"));
}
Result<Acceptance> with(std::string_view more) { return parse(std::string(kAny) + "," + std::string(more)); }

AuthenticEvidence sample() {
  AuthenticEvidence out;
  out.kind = Kind::kSgxDcap;
  out.hardware = true;
  out.tcb_status = TcbStatus::kSwHardeningNeeded;
  out.measurement.bytes.fill(1);
  out.advisories = {"INTEL-SA-1", "INTEL-SA-2"};
  out.evaluation_number = 17;
  return out;
}
const Identity kIdentity{Bytes(32, 1), Bytes(32, 2)};

TEST(acceptance, without_a_policy_all_but_debug_and_revoked_is_accepted) {
  const Acceptance acceptance;
  EXPECT_EQ(refuse(acceptance, kIdentity, sample()), std::nullopt);
  auto evidence = sample();
  evidence.debug = true;
  EXPECT_EQ(refuse(acceptance, kIdentity, evidence), "Debug");
  evidence = sample();
  evidence.tcb_status = TcbStatus::kRevoked;
  EXPECT_EQ(refuse(acceptance, kIdentity, evidence), "StatusNotAllowed");
  for (const auto kind : {Kind::kIas, Kind::kSimulated}) {
    evidence = sample();
    evidence.kind = kind;
    EXPECT_EQ(refuse(acceptance, kIdentity, evidence), "KindNotAllowed");
  }
  EXPECT_TRUE(acceptance.anchors().ias_roots.empty());
  EXPECT_TRUE(acceptance.anchors().simulation_roots.empty());
}

TEST(acceptance, what_a_policy_does_not_list_is_refused) {
  const auto code = [](std::string_view members) { return refuse(*parse(members), kIdentity, sample()); };
  const auto replaced = [](std::string_view name, std::string_view value) {
    std::string text(kAny);
    const auto key = "\"" + std::string(name) + "\":";
    return text.replace(text.find(key) + key.size(), 5, value);
  };
  const auto ones = "[\"" + to_hex(Bytes(32, 1)) + "\"]";
  const auto twos = "[\"" + to_hex(Bytes(32, 2)) + "\"]";
  EXPECT_EQ(code(kAny), std::nullopt);
  EXPECT_EQ(code(replaced("measurements", ones)), std::nullopt);
  EXPECT_EQ(code(replaced("measurements", twos)), "MeasurementNotAllowed");
  EXPECT_EQ(code(replaced("measurements", "[]")), "MeasurementNotAllowed");
  EXPECT_EQ(code(replaced("signers", twos)), std::nullopt);
  EXPECT_EQ(code(replaced("signers", ones)), "SignerNotAllowed");
  EXPECT_EQ(code(replaced("signers", "[]")), "SignerNotAllowed");
  EXPECT_EQ(code(replaced("statuses", R"(["SWHardeningNeeded"])")), std::nullopt);
  EXPECT_EQ(code(replaced("statuses", R"(["UpToDate"])")), "StatusNotAllowed");
  EXPECT_EQ(code(replaced("statuses", "[]")), "StatusNotAllowed");
  EXPECT_EQ(code(replaced("advisories", R"(["INTEL-SA-2","INTEL-SA-1"])")), std::nullopt);
  EXPECT_EQ(code(replaced("advisories", R"(["INTEL-SA-2"])")), "AdvisoryNotAllowed");
  EXPECT_EQ(code(replaced("advisories", "[]")), "AdvisoryNotAllowed");
}

TEST(acceptance, optional_members) {
  EXPECT_EQ(refuse(*with(R"("minimum_evaluation_number":17)"), kIdentity, sample()), std::nullopt);
  EXPECT_EQ(refuse(*with(R"("minimum_evaluation_number":18)"), kIdentity, sample()), "EvaluationNumberTooLow");
  EXPECT_EQ(refuse(*with(R"("evidence":["tdx"])"), kIdentity, sample()), "KindNotAllowed");
  EXPECT_FALSE(with(R"("evidence":[])")->options.allow_vlek);
  EXPECT_TRUE(with(R"("allow_vlek":true)")->options.allow_vlek);
  EXPECT_EQ(with(R"("collateral_grace":86400)")->options.collateral_grace, 86400u);
  EXPECT_EQ(with(R"("evidence":["ias"])")->anchors().ias_roots.size(), 1u);
  EXPECT_EQ(with(R"("simulation_roots":["development"])")->anchors().simulation_roots.size(), 1u);
}

TEST(acceptance, incomplete_or_unknown_policies_are_refused) {
  EXPECT_TRUE(parse(kAny));
  for (const auto* members : {R"("measurements":"any","signers":"any","statuses":"any")", "", R"("any":"any")"}) {
    EXPECT_FALSE(parse(members)) << members;
  }
  for (const auto* more : {R"("colour":1)", R"("signers":"any")", R"("allow_debug":"true")", R"("evidence":["sev"])",
                           R"("minimum_evaluation_number":1.5)", R"("simulation_roots":["00"])"}) {
    const auto read = with(more);
    ASSERT_FALSE(read) << more;
    EXPECT_EQ(read.error().code, Code::kUsage);
  }
}

TEST(acceptance, statuses_are_intels_words) {
  EXPECT_EQ(*parse_statuses("UpToDate,OutOfDate"), (std::vector{TcbStatus::kUpToDate, TcbStatus::kOutOfDate}));
  for (const auto* words : {"", "uptodate", "UpToDate,", ",UpToDate", "Revoked", "unknown"}) {
    EXPECT_FALSE(parse_statuses(words)) << words;
  }
}

}  // namespace
}  // namespace substratee::client::evidence
