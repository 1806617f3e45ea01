#pragma once

/// Which verified evidence a chain accepts. It stands on the chain; genesis or root sets it. Everything is denied that
/// is not listed: an empty list allows nothing.

#include "core/attestation/verify.hpp"
#include "core/scale/codec.hpp"

namespace substratee::attestation {

struct Policy {
  bool require_hardware = true;
  /// SHA-256 of the SPKI of the simulation roots that count; at most 8.
  scale::Bounded<std::vector<Hash256>, 8> simulation_roots;
  scale::Bounded<std::vector<TcbStatus>, 16> allowed_statuses;

  SUBSTRATEE_FIELDS(Policy, require_hardware, simulation_roots, allowed_statuses)
  friend bool operator==(const Policy&, const Policy&) = default;
};

/// The policy of `--dev`: the development root, status Simulated.
[[nodiscard]] Policy development_policy();

/// Intel's root, AMD's, and the simulation roots that the policy names. Never IAS's.
[[nodiscard]] TrustAnchors trust_anchors_of(const Policy& policy);

}  // namespace substratee::attestation
