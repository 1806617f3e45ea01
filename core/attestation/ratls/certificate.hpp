#pragma once

/// RA-TLS: a self-signed certificate that carries evidence for its own key (CCC interoperable RA-TLS): extension
/// 2.23.133.5.4.9 (tagged evidence), not critical, value = CBOR 60000([quote, claims-buffer]), for SNP a tag of our own
/// (tagged_evidence.hpp). The TLS handshake proves possession of the key; pubkey-hash in the claims ties the evidence
/// to it. Certificates of other implementations: foreign.hpp.

#include "core/attestation/ratls/tagged_evidence.hpp"
#include "core/attestation/verify.hpp"
#include "core/crypto/p256.hpp"

namespace substratee::attestation::ratls {

inline constexpr std::size_t kMaxCertificateSize = kMaxEvidenceSize + 1024;

/// The certificate in DER for `key`, whose SPKI hash the evidence's claims must hold. kUnsupportedEvidence for
/// kIas.
[[nodiscard]] Result<Bytes> make_certificate(const crypto::p256::KeyPair& key, const Evidence& evidence);

/// What a peer's certificate holds, not verified yet.
struct PresentedCertificate {
  Bytes spki;
  Evidence evidence;  ///< its kind follows from the quote's version and vendor id
  UnixSeconds not_before{};
  UnixSeconds not_after{};
};

/// Form, self-signature and evidence extension; kUnsupportedEvidence for a quote of an unknown vendor or version.
[[nodiscard]] Result<PresentedCertificate> parse_certificate(ByteView der);

/// The whole check of a peer's certificate: parse, validity at `now`, verify the evidence, compare pubkey-hash with
/// this certificate's key (kKeyMismatch). Purpose and all else is for appraise.
[[nodiscard]] Result<VerifiedEvidence> verify_certificate(ByteView der, const CollateralSet& collateral,
                                                          const TrustAnchors& anchors, UnixSeconds now,
                                                          const VerifyOptions& options = {});

}  // namespace substratee::attestation::ratls
