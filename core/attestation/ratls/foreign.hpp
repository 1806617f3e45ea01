#pragma once

/// Certificates of other implementations that carry evidence for their own key: read, and judged. Never accepted where
/// ours are (certificate.hpp): their claims say nothing about chain, account or purpose.
///  - interoperable RA-TLS (CCC): extension 2.23.133.5.4.9, CBOR 60000([quote, claims-buffer]); `pubkey-hash` by
///    SHA-256, SHA-384 or SHA-512, report_data = SHA-256(claims-buffer) ‖ zeros;
///  - the older form of Gramine (0.6.9.42.840.113741.1337.6 on the wire, 1.2.840.113741.1337.6 as meant): the quote
///  alone,
///    report_data = SHA-256(SPKI) ‖ zeros; the same with Intel SDK's 1.2.840.113741.1.13.1.
/// Where the first extension is present it counts, however bad it is.

#include "core/attestation/verify.hpp"

namespace substratee::attestation::ratls {

enum class Carrier : std::uint8_t { kTaggedEvidence, kGramineLegacy, kIntelSdkLegacy };
[[nodiscard]] std::string_view to_string(Carrier carrier) noexcept;

struct ForeignCertificate {
  Carrier carrier{};
  Kind kind{};
  Bytes body;
  Bytes claims;  ///< claims-buffer; empty for the older forms
  Bytes spki;
  ReportData bound;  ///< what report_data must be for the evidence to speak of this key
  Bytes nonce;       ///< of the claims; empty where there is none
  UnixSeconds not_before{};
  UnixSeconds not_after{};
};

/// kBadCertificate and others for the form (loose times; P-256, P-384 or RSA keys), kBadSelfSignature, kNoEvidence,
/// kUnsupportedEvidence for a CBOR tag or quote that is not known, kBadCbor, kBadClaims for a missing, malformed or
/// repeated `pubkey-hash`, kKeyMismatch when that is of another key.
[[nodiscard]] Result<ForeignCertificate> read_foreign_certificate(ByteView der);

/// read, validity of the certificate at `now`, authenticate, report_data equal to `bound` (kReportDataMismatch).
[[nodiscard]] Result<AuthenticEvidence> judge_foreign_certificate(ByteView der, const CollateralSet& collateral,
                                                                  const TrustAnchors& anchors, UnixSeconds now,
                                                                  const VerifyOptions& options = {});

}  // namespace substratee::attestation::ratls
