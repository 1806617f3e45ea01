#pragma once

/// Which verified evidence a chain accepts. It stands on the chain; genesis or root sets it. Everything is denied that
/// is not listed: an empty list allows nothing. Status Revoked and debug enclaves are never acceptable, whatever stands
/// here. Which *programs* are allowed is not in it: AllowedMeasurements, and each shard's charter.

#include "core/attestation/verify.hpp"
#include "core/scale/codec.hpp"

namespace substratee::attestation {

struct Policy {
  /// Without kSimulated only hardware is accepted; kIas is for history only.
  scale::Bounded<std::vector<Kind>, 8> allowed_kinds;
  /// SHA-256 of the SPKI of the simulation roots that count.
  scale::Bounded<std::vector<Hash256>, 8> simulation_roots;
  /// Of "Intel SGX Attestation Report Signing CA". Intel's and AMD's other roots are pinned in this build.
  scale::Bounded<std::vector<Hash256>, 4> ias_roots;
  scale::Bounded<std::vector<TcbStatus>, 16> allowed_statuses;
  /// Nothing: any advisory is accepted (with its status). A list: every advisory of the evidence must be in it.
  std::optional<scale::Bounded<std::vector<scale::BoundedText<32>>, 128>> allowed_advisories;
  /// tcbEvaluationDataNumber of the collateral, at least; not asked of kinds that have none (kSevSnp, kIas).
  std::uint32_t minimum_evaluation_number = 0;
  /// Seconds for which collateral counts beyond its end.
  std::uint32_t collateral_grace = 0;
  /// Seconds for which a member whose registration has lapsed may still confirm.
  std::uint32_t confirmation_grace = 0;
  bool allow_vlek = false;  ///< SNP reports signed with a cloud provider's key
  scale::Bounded<std::vector<PlatformId>, 64> denied_platforms;
  scale::Bounded<std::vector<Fmspc>, 64> denied_fmspcs;

  SUBSTRATEE_FIELDS(Policy, allowed_kinds, simulation_roots, ias_roots, allowed_statuses, allowed_advisories,
                    minimum_evaluation_number, collateral_grace, confirmation_grace, allow_vlek, denied_platforms,
                    denied_fmspcs)
  friend bool operator==(const Policy&, const Policy&) = default;
};

/// The policy of `--dev`: simulated evidence under the development root; a lapsed member may confirm for one
/// hour.
[[nodiscard]] Policy development_policy();

/// The pinned roots of Intel and AMD, and the simulation and IAS roots that the policy names.
[[nodiscard]] TrustAnchors trust_anchors_of(const Policy& policy);
[[nodiscard]] VerifyOptions verify_options_of(const Policy& policy);

/// The roots under which evidence of the allowed kinds may stand, at most 16: what a charter names when a shard is made
/// under this policy.
[[nodiscard]] std::vector<Hash256> accepted_roots_of(const Policy& policy);

}  // namespace substratee::attestation
