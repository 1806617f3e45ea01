#pragma once

/// What fresh evidence of one's own says, read before anything in it is verified: a platform learns from it who it is.
/// Whether others believe it is decided by their verification, never here.

#include "core/attestation/verify.hpp"

#include <optional>

namespace substratee::enclave::platform {

struct OwnEvidence {
  attestation::Measurement measurement;
  attestation::ReportData report_data;
  Hash256 root;  ///< SHA-256 of the SPKI of the root that its maker's chain leads to
};

/// Nothing when the body is no evidence of that kind (kSgxDcap, kTdx, kSevSnp).
[[nodiscard]] std::optional<OwnEvidence> read_own_evidence(attestation::Kind kind, ByteView body);

}  // namespace substratee::enclave::platform
