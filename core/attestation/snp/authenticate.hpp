#pragma once

/// Verification of SNP evidence (body: certificate_table.hpp). In order: report; VLEK allowed; chain; AMD's revocation
/// list if it is at hand; product of CPU, leaf and root; the certificate's TCB equal to reported_tcb; the chip;
/// the report's signature.

#include "core/attestation/verify.hpp"

namespace substratee::attestation::snp {

/// Of the errors of chain.hpp, report.hpp, leaf.hpp and certificate_table.hpp, and kVlekNotAllowed, kTcbMismatch,
/// kMaskedChip, kChipMismatch, kBadReportSignature.
/// The status is kUpToDate: AMD publishes no list of TCB levels, so this says no more than that the key is of the
/// TCB that the report names. Minimum versions are for a policy.
[[nodiscard]] Result<AuthenticEvidence> authenticate(ByteView body, const CollateralSet& collateral,
                                                     const TrustAnchors& anchors, UnixSeconds now,
                                                     const VerifyOptions& options);

/// AMD's revocation list, optional.
[[nodiscard]] Result<std::vector<CollateralNeed>> collateral_needs(ByteView body);

}  // namespace substratee::attestation::snp
