#include "core/attestation/policy/policy_file.hpp"

#include "core/attestation/policy/development_root.hpp"

namespace substratee::attestation {
namespace {

std::string complaint(std::string_view json) {
  const auto policy = policy_from_json(json);
  return policy ? "accepted" : policy.error().text;
}

/// A policy of one member, with advisories free.
std::string with(std::string_view member) { return "{\"allowed_advisories\": \"any\", " + std::string(member) + "}"; }

TEST(policy_file, says_everything_that_a_policy_can) {
  Policy policy;
  policy.allowed_kinds.value = {Kind::kSgxDcap, Kind::kTdx, Kind::kSevSnp, Kind::kIas, Kind::kSimulated};
  policy.allowed_statuses.value = {TcbStatus::kUpToDate, TcbStatus::kTdRelaunchAdvised};
  policy.allowed_advisories.emplace();
  policy.allowed_advisories->value = {{"INTEL-SA-00615"}, {"INTEL-SA-00657"}};
  policy.minimum_evaluation_number = 17;
  policy.collateral_grace = 1;
  policy.confirmation_grace = ~0u;
  policy.allow_vlek = true;
  policy.simulation_roots.value = {development_root(), Hash256{{1}}};
  policy.ias_roots.value = {Hash256{{2}}};
  policy.denied_platforms.value = {PlatformId{{3}}};
  policy.denied_fmspcs.value = {Fmspc{{4}}};
  const auto again = policy_from_json(to_json(policy));
  ASSERT_TRUE(again) << again.error().text;
  EXPECT_EQ(*again, policy);
  EXPECT_EQ(policy_from_json(to_json(development_policy())).value(), development_policy());
}

TEST(policy_file, what_is_left_out_is_denied) {
  EXPECT_EQ(policy_from_json(R"({"allowed_advisories": "any"})").value(), Policy{});
}

TEST(policy_file, advisories_must_be_said) {
  EXPECT_EQ(complaint("{}"), "\"allowed_advisories\" is missing: write a list, or \"any\"");
  EXPECT_TRUE(policy_from_json(R"({"allowed_advisories": []})").value().allowed_advisories);
  EXPECT_EQ(complaint(R"({"allowed_advisories": "none"})"), "\"allowed_advisories\" must be a list of texts");
}

TEST(policy_file, the_development_root_has_a_name) {
  const auto policy = policy_from_json(with(R"("simulation_roots": ["development"])"));
  EXPECT_EQ(policy.value().simulation_roots.value, std::vector{development_root()});
}

TEST(policy_file, names_what_is_wrong) {
  EXPECT_EQ(complaint(with(R"("require_hardware": true)")), "\"require_hardware\" is no member of a policy");
  EXPECT_EQ(complaint(with(R"("allowed_kinds": ["SGX"])")),
            "\"allowed_kinds\" has an entry that is not a kind: sgx, tdx, snp, ias, simulated");
  EXPECT_EQ(complaint(with(R"("allowed_kinds": "sgx")")), "\"allowed_kinds\" must be a list of texts");
  EXPECT_EQ(complaint(with(R"("allowed_statuses": ["Revoked"])")),
            "\"allowed_statuses\" has an entry that is not a TCB status but Revoked");
  EXPECT_EQ(complaint(with(R"("simulation_roots": ["00"])")),
            "\"simulation_roots\" has an entry that is not 64 hex digits, or development");
  EXPECT_EQ(complaint(with(R"("denied_fmspcs": ["00606A00000"])")),
            "\"denied_fmspcs\" has an entry that is not 12 hex digits");
  EXPECT_EQ(complaint(with(R"("collateral_grace": -1)")), "\"collateral_grace\" must be a whole number below 2^32");
  EXPECT_EQ(complaint(with(R"("collateral_grace": 4294967296)")),
            "\"collateral_grace\" must be a whole number below 2^32");
  EXPECT_EQ(complaint(with(R"("allow_vlek": 1)")), "\"allow_vlek\" must be true or false");
  EXPECT_EQ(complaint(with(R"("ias_roots": [)" +
                           [] {
                             std::string roots;
                             for (int i = 0; i < 5; ++i)
                               roots += (i == 0 ? "\"" : ", \"") + std::string(64, 'a') + "\"";
                             return roots;
                           }() +
                           "]")),
            "\"ias_roots\" has too many entries");
}

TEST(policy_file, is_one_strict_object) {
  constexpr auto kNotStrict = "not strict JSON: one object with printable ASCII, no name twice";
  for (const auto* bad : {"", "[]", "{", R"({"allowed_advisories": "any"} {})", R"({"allowed_advisories": "any",})",
                          R"({"allowed_advisories": "any", "allowed_advisories": "any"})"}) {
    EXPECT_EQ(complaint(bad), kNotStrict) << bad;
  }
  EXPECT_EQ(complaint(std::string(kMaxPolicyFileSize + 1, ' ')), "longer than 64 KiB");
}

TEST(policy_file, no_prefix_of_a_policy_is_one) {
  const auto whole = to_json(development_policy());
  for (std::size_t size = 0; size + 1 < whole.size(); ++size) {
    EXPECT_FALSE(policy_from_json(std::string_view(whole).substr(0, size))) << size;
  }
}

}  // namespace
}  // namespace substratee::attestation
