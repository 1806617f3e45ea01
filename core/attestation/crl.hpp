#pragma once

/// Certificate revocation lists (RFC 5280, section 5), the profile of attestation PKIs, as rules of our own:
/// complete lists of version 2; both algorithm identifiers equal; names as in certificates (x509.hpp); nextUpdate
/// present and not before thisUpdate; serials positive, of at most 20 octets; an extension CRLNumber of at most 20
/// octets; at most 16 extensions, none twice; nothing critical, neither in the list (which rules out delta and indirect
/// lists) nor in an entry. Whatever an entry's reason or date says, what is listed is revoked.

#include "core/attestation/name.hpp"
#include "core/attestation/x509.hpp"

namespace substratee::attestation::x509 {

/// A parsed list; its views live as long as the DER that it was parsed from.
struct Crl {
  ByteView tbs;        ///< the signed part
  ByteView algorithm;  ///< AlgorithmIdentifier, whole element
  ByteView issuer;     ///< Name, compared byte by byte
  UnixSeconds this_update{};
  UnixSeconds next_update{};
  ByteView entries;    ///< content of revokedCertificates, form checked
  Serial number;       ///< CRLNumber
  ByteView signature;  ///< content of the BIT STRING
};

/// kBadCrl, or kUnknownCriticalExtension. Allocates nothing.
[[nodiscard]] Result<Crl> parse_crl(ByteView der);

/// kBadCrlSignature unless `key` signed it with ecdsa-with-SHA256.
[[nodiscard]] Result<void> verify_signature(const Crl& crl, const crypto::p256::PublicKey& key) noexcept;

/// The serials of all entries in ascending order; for lists whose signature holds.
[[nodiscard]] std::vector<Serial> serials_of(const Crl& crl);

}  // namespace substratee::attestation::x509
