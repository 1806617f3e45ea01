#pragma once

/// Verification of IAS reports: history only. The service is gone, so nothing new can be attested, and the verdict is
/// about the report's own second: chain and signature as they were then.

#include "core/attestation/verify.hpp"

namespace substratee::attestation::ias {

/// SHA-256 of the SPKI of "Intel SGX Attestation Report Signing CA". In no policy by default.
inline constexpr Hash256 kRoot{{0xa9, 0xbe, 0xeb, 0x83, 0xbb, 0x12, 0x22, 0xc1, 0x08, 0xb4, 0x36,
                                0xbd, 0xd8, 0x23, 0x34, 0xe5, 0xcf, 0x38, 0x0d, 0x61, 0x03, 0x9d,
                                0xae, 0x11, 0xdb, 0x95, 0x27, 0x23, 0x43, 0x85, 0x03, 0x94}};

/// kUnsupportedEvidence unless `anchors` name a root; kBadIasReport, kBadChain, kUnknownRoot, kBadCertificateSignature,
/// kBadIasSignature, kIasQuoteRefused, kForbiddenAttributes; kNotYetValid for a report from the future, and
/// kNotYetValid or kExpired when the signer's certificate was not valid at the report's time. `valid_until` is the
/// report's time. The platform id is of EPID group and pseudonym, since EPID hides the platform.
[[nodiscard]] Result<AuthenticEvidence> authenticate(ByteView body, const TrustAnchors& anchors, UnixSeconds now);

}  // namespace substratee::attestation::ias
