#pragma once

/// A policy as people write it: one JSON object (docs/attestation.md, "The policy"). Strict: every name known, none
/// twice, none of the wrong type. What a list does not name is denied, so a member that is left out allows nothing;
/// only "allowed_advisories" has to be written: a list, or "any".
///
///     {"allowed_kinds": ["sgx", "tdx", "snp", "ias", "simulated"],
///      "allowed_statuses": ["UpToDate", …], "allowed_advisories": "any" or ["INTEL-SA-00615", …],
///      "minimum_evaluation_number": 17, "collateral_grace": 0, "confirmation_grace": 86400, "allow_vlek": false,
///      "simulation_roots": ["<64 hex>" or "development"], "ias_roots": ["<64 hex>"],
///      "denied_platforms": ["<32 hex>"], "denied_fmspcs": ["<12 hex>"]}

#include "core/attestation/policy/policy.hpp"

#include <string>
#include <string_view>

namespace substratee::attestation {

/// Why a file is no policy: for people, names the member.
struct PolicyFileError {
  std::string text;
};

inline constexpr std::size_t kMaxPolicyFileSize = 64 * 1024;

[[nodiscard]] std::expected<Policy, PolicyFileError> policy_from_json(std::string_view json);
/// Every member, one to a line; policy_from_json of it gives the same policy.
[[nodiscard]] std::string to_json(const Policy& policy);

}  // namespace substratee::attestation
