#pragma once

/// The body of SNP evidence: the report, behind it the certificate table that the host hands to the guest (configfs-tsm
/// `auxblob`; "extended report" in the Guest-Host Communication Block standardisation, 56421): entries of GUID[16],
/// offset u32 and length u32 (little-endian, from the table's begin), ended by a zero entry, then the certificates,
/// each in DER or, as some hosts have it, in PEM. The host is not trusted: nothing here is a trust anchor.

#include "core/attestation/snp/report.hpp"

namespace substratee::attestation::snp {

inline constexpr std::size_t kMaxTableEntries = 16;

/// In DER; empty where the table has no such entry.
struct CertificateTable {
  Bytes vcek;
  Bytes vlek;
  Bytes ask;  ///< ASK, or ASVK beside a VLEK
  Bytes ark;
  friend bool operator==(const CertificateTable&, const CertificateTable&) = default;
};

/// kBadCertificateTable: no end, more than kMaxTableEntries, an entry outside the table or inside its head, a known
/// GUID twice or empty; kBadPem. Unknown GUIDs are passed over, and so is what lies between the certificates.
[[nodiscard]] Result<CertificateTable> parse_table(ByteView bytes);
[[nodiscard]] Bytes write_table(const CertificateTable& table);

struct Body {
  Report report;
  CertificateTable certificates;
};
[[nodiscard]] Result<Body> parse_body(ByteView body);
/// report ‖ table. `report` has kReportSize bytes.
[[nodiscard]] Bytes make_body(ByteView report, const CertificateTable& certificates);

}  // namespace substratee::attestation::snp
