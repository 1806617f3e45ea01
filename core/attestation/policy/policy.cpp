#include "core/attestation/policy/policy.hpp"

#include "core/attestation/dcap/authenticate.hpp"
#include "core/attestation/policy/development_root.hpp"
#include "core/attestation/snp/product.hpp"

#include <algorithm>

namespace substratee::attestation {
namespace {

constexpr std::uint32_t kHour = 60 * 60;

bool allows(const Policy& policy, Kind kind) {
  return std::ranges::find(policy.allowed_kinds.value, kind) != policy.allowed_kinds.value.end();
}

}  // namespace

Policy development_policy() {
  Policy policy;
  policy.allowed_kinds.value = {Kind::kSimulated};
  policy.simulation_roots.value = {development_root()};
  policy.allowed_statuses.value = {TcbStatus::kSimulated};
  policy.confirmation_grace = kHour;
  return policy;
}

TrustAnchors trust_anchors_of(const Policy& policy) {
  return {.intel_roots = {dcap::kIntelRoot},
          .simulation_roots = policy.simulation_roots.value,
          .amd_roots = {snp::kMilanRoot, snp::kGenoaRoot, snp::kTurinRoot},
          .ias_roots = policy.ias_roots.value};
}

VerifyOptions verify_options_of(const Policy& policy) {
  return {.collateral_grace = policy.collateral_grace, .allow_vlek = policy.allow_vlek};
}

std::vector<Hash256> accepted_roots_of(const Policy& policy) {
  const auto anchors = trust_anchors_of(policy);
  std::vector<Hash256> out;
  const auto add = [&](bool is_allowed, const std::vector<Hash256>& roots) {
    if (is_allowed) out.insert(out.end(), roots.begin(), roots.end());
  };
  add(allows(policy, Kind::kSimulated), anchors.simulation_roots);
  add(allows(policy, Kind::kSgxDcap) || allows(policy, Kind::kTdx), anchors.intel_roots);
  add(allows(policy, Kind::kSevSnp), anchors.amd_roots);
  add(allows(policy, Kind::kIas), anchors.ias_roots);
  return out;
}

}  // namespace substratee::attestation
