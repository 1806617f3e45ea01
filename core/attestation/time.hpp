#pragma once

/// Calendar time of certificates to and from seconds.

#include "core/attestation/der.hpp"

#include <string>

namespace substratee::attestation::x509 {

/// UTCTime (YYMMDDHHMMSSZ, years to 2049) or GeneralizedTime (YYYYMMDDHHMMSSZ, years from 2050), RFC 5280, 4.1.2.5;
/// the form must be the one for that year, and the year at least 1970. kBadCertificate otherwise.
[[nodiscard]] Result<UnixSeconds> read_time(der::Reader& in) noexcept;
/// As read_time, but GeneralizedTime from 1970: what others put into certificates that we judge but do not write.
[[nodiscard]] Result<UnixSeconds> read_loose_time(der::Reader& in) noexcept;

/// "2025-06-19T10:56:11Z", as collateral has it (RFC 3339, UTC to the second, years 1970 to 9999). kBadJson otherwise.
[[nodiscard]] Result<UnixSeconds> read_rfc3339(std::string_view text) noexcept;

/// Both ways back; the year must be below 10000.
[[nodiscard]] Bytes write_time(UnixSeconds time);
[[nodiscard]] std::string write_rfc3339(UnixSeconds time);

}  // namespace substratee::attestation::x509
