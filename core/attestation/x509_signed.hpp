#pragma once

/// Signatures in the chains of other makers, by AlgorithmIdentifier and SPKI. An algorithm counts in exactly the
/// encodings that are named here; anything else is kBadCertificate, a signature that does not hold
/// kBadCertificateSignature.

#include "core/attestation/x509_outline.hpp"

namespace substratee::attestation::x509 {

/// What somebody signed: a certificate or a revocation list.
struct Signed {
  ByteView algorithm;  ///< AlgorithmIdentifier, the whole element
  ByteView message;    ///< the signed part
  ByteView signature;  ///< inside the BIT STRING
};
[[nodiscard]] inline Signed signed_part(const Outline& certificate) noexcept {
  return {certificate.algorithm, certificate.tbs, certificate.signature_octets};
}

/// AMD: RSASSA-PSS, SHA-384, MGF1 with SHA-384, 48 bytes of salt, the default trailer left out or (AMD's own) written;
/// 4096 bits.
[[nodiscard]] Result<void> verify_pss(const Signed& part, ByteView issuer_spki) noexcept;

/// Intel's attestation service: sha256WithRSAEncryption, NULL; 2048 to 4096 bits.
[[nodiscard]] Result<void> verify_pkcs1(const Signed& part, ByteView issuer_spki) noexcept;

/// TLS certificates of other implementations: ecdsa-with-SHA256 or -SHA384, parameters absent or NULL, on P-256 or
/// P-384; or as verify_pkcs1.
[[nodiscard]] Result<void> verify_any(const Signed& part, ByteView issuer_spki) noexcept;

}  // namespace substratee::attestation::x509
