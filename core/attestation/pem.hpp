#pragma once

/// PEM bundles of certificates (RFC 7468, strict form): lines of 64 characters, canonical base64, LF or CR LF, nothing
/// before, between or behind but line ends; one NUL at the very end, as Intel's library writes it.

#include "core/attestation/error.hpp"
#include "core/base/bytes.hpp"

#include <string>
#include <vector>

namespace substratee::attestation::pem {

inline constexpr std::size_t kMaxCertificates = 10;

/// The DER of each certificate, 1 to kMaxCertificates.
[[nodiscard]] Result<std::vector<Bytes>> read_certificates(ByteView text);

[[nodiscard]] std::string write_certificate(ByteView der);

}  // namespace substratee::attestation::pem
