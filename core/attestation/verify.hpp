#pragma once

/// Evidence → verified evidence: authenticates first, then parses the claims. The verdict says what is true, not
/// whether it is acceptable; that is policy/appraise.hpp.

#include "core/attestation/evidence.hpp"

#include <vector>

namespace substratee::attestation {

/// SHA-256 of the SPKI of each trusted root. Hardware and simulation are two lists, and evidence of one kind under a
/// root of the other is refused.
struct TrustAnchors {
  std::vector<Hash256> intel_roots;
  std::vector<Hash256> simulation_roots;
  friend bool operator==(const TrustAnchors&, const TrustAnchors&) = default;
};

/// PPID of an Intel (or simulated) platform.
using PlatformId = FixedBytes<16>;

struct VerifiedEvidence {
  Kind kind{};
  bool hardware{};  ///< false: simulated, whatever else is said
  TcbStatus tcb_status{};
  Hash256 root;  ///< SHA-256 of the SPKI of the root in force
  Measurement measurement;
  Hash256 signer;
  PlatformId platform_id;
  bool debug{};
  Hash256 pubkey_hash;
  SubstrateeClaims claims;
  UnixSeconds valid_until{};  ///< the last second at which the verdict holds
  friend bool operator==(const VerifiedEvidence&, const VerifiedEvidence&) = default;
};

/// By kind. This build verifies kSimulated; every other kind is kUnsupportedEvidence.
[[nodiscard]] Result<VerifiedEvidence> verify(const Evidence& evidence, const TrustAnchors& anchors, UnixSeconds now);

/// kSimulated only (else kUnsupportedEvidence): a quote with the simulation vendor id whose chain ends in one of
/// `anchors.simulation_roots`. Under one of `anchors.intel_roots`, or with another vendor id: kVendorMismatch.
[[nodiscard]] Result<VerifiedEvidence> verify_simulated(const Evidence& evidence, const TrustAnchors& anchors,
                                                        UnixSeconds now);

}  // namespace substratee::attestation
