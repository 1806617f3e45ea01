#pragma once

/// Quotes of Intel's format as evidence: of hardware (SGX, TDX) and of simulated platforms.

#include "core/attestation/dcap/judge.hpp"

namespace substratee::attestation::dcap {

/// `kind` is kSgxDcap, kTdx or kSimulated, and the quote must be of that kind. Simulated evidence is SGX in version 3,
/// without collateral or with whatever its root publishes: its status stays kSimulated, unless something is revoked.
[[nodiscard]] Result<AuthenticEvidence> authenticate(Kind kind, ByteView body, CollateralSource& source,
                                                     x509::KnownCertificates& known, const TrustAnchors& anchors,
                                                     UnixSeconds now, const VerifyOptions& options);

/// What the verification of such a quote rests on.
[[nodiscard]] Result<std::vector<CollateralNeed>> read_needs(Kind kind, ByteView body);

}  // namespace substratee::attestation::dcap
