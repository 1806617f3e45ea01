#pragma once

/// One error type for all of core/attestation: each step of a verification refuses with a code of its own.
/// Whether verified evidence is *acceptable* is another question: policy/appraise.hpp.

#include "core/base/result.hpp"

#include <cstdint>
#include <expected>
#include <string_view>

namespace substratee::attestation {

/// Seconds since 1970-01-01T00:00:00Z. Always an argument: nothing here reads a clock.
using UnixSeconds = std::uint64_t;

enum class Error {
  kUnsupportedEvidence,       ///< a kind of evidence that this build cannot verify
  kBadDer,                    ///< not the one DER form of what stands there
  kBadPem,                    ///< a certificate bundle that is not strict PEM, or of more than 10 certificates
  kBadCertificate,            ///< outside the X.509 profile (x509.hpp)
  kUnknownCriticalExtension,  ///< a certificate demands something that is not understood
  kBadCbor,                   ///< malformed, indefinite, too deep, or more than one item
  kTruncatedQuote,            ///< the quote ends inside a field
  kBadHeader,                 ///< version, key type, TEE type or reserved bytes of the quote header
  kBadReport,                 ///< reserved bytes of a report body are not zero
  kBadSignatureData,          ///< lengths inside the quote do not add up, or bytes follow it
  kUnsupportedCertification,  ///< the quote carries no PCK chain (certification data type other than 5)
  kVendorMismatch,            ///< the quoting enclave's vendor and the trust anchor are not of one kind
  kBadChain,                  ///< not exactly leaf ← CA ← self-issued root, by name and constraints
  kUnknownRoot,               ///< the chain ends in a root that is not pinned
  kBadCertificateSignature,   ///< a certificate is not signed by its issuer
  kNotYetValid,               ///< a certificate begins later than now
  kExpired,                   ///< a certificate ended before now
  kBadPckExtension,           ///< the platform's certificate lacks or contradicts its SGX extension
  kBadQeSignature,            ///< the quoting enclave's report is not signed by the platform's key
  kBadQeBinding,              ///< that report does not name this attestation key
  kQeDebug,                   ///< the quoting enclave runs in debug mode
  kQeIdentity,                ///< that report is not of the expected quoting enclave
  kBadQuoteSignature,         ///< the quote is not signed by the attestation key
  kForbiddenAttributes,       ///< the enclave is not initialised, not 64 bit, or holds provisioning keys
  kReportDataMismatch,        ///< report_data is not SHA-256(claims) ‖ 0³²
  kBadClaims,                 ///< authentic, but not a claims-buffer of this project
  kNoEvidence,                ///< a TLS certificate without the tagged-evidence extension
  kBadSelfSignature,          ///< a TLS certificate that its own key did not sign
  kBadSnpReport,              ///< version, algorithm, signing key or reserved bits of an SNP report
  kBadCertificateTable,       ///< the certificate table behind an SNP report
  kMissingCertificate,        ///< that table lacks a certificate of the chain
  kWrongSigningKey,           ///< a VLEK where the report names a VCEK, or the reverse
  kVlekNotAllowed,            ///< an SNP report signed with a cloud provider's key
  kProductMismatch,           ///< report, leaf, ASK and ARK are not all of one AMD product
  kBadAmdExtension,           ///< a VCEK or VLEK lacks or garbles an extension of AMD
  kTcbMismatch,               ///< the VCEK or VLEK is of another TCB than the report names
  kMaskedChip,                ///< the report hides the chip, so a VCEK cannot be bound to it
  kChipMismatch,              ///< the VCEK is of another chip
  kBadReportSignature,        ///< the SNP report is not signed by the VCEK or VLEK
  kBadIasReport,              ///< signed, but not a report of IAS
  kBadIasSignature,           ///< the IAS report is not signed by its signer
  kIasQuoteRefused,           ///< IAS itself says that the quote is invalid or revoked
  kMissingCollateral,         ///< collateral that this evidence rests on is not at hand
  kKeyMismatch,               ///< the evidence names another TLS key than the certificate that carries it
  kTooLarge,                  ///< a quote over 16 KiB, an item of collateral over 64 KiB
  kTrailingBytes,             ///< bytes other than zeros behind a quote, or any behind a simulated one
  kWrongTee,                  ///< a quote of another TEE than its kind of evidence says
  kWrongCertificateName,      ///< a certificate in a chain of Intel's has not the name of its place
  kBadJson,                   ///< not strict JSON (json.hpp)
  kBadCrl,                    ///< a revocation list outside the profile (crl.hpp)
  kCrlIssuerMismatch,         ///< a revocation list of another issuer than the one in question
  kBadCrlSignature,           ///< a revocation list that its issuer did not sign
  kPckRevoked,                ///< the platform's certificate is revoked
  kCaRevoked,                 ///< the certificate of the CA above it is revoked
  kTcbSignerRevoked,          ///< the certificate of the TCB signer is revoked
  kBadTcbSigner,              ///< the signer is not the one for TCB data, directly under the root
  kBadTcbInfo,                ///< signed, but not TCB info as this build knows it
  kBadTcbInfoSignature,       ///< TCB info that its signer did not sign
  kWrongTcbInfo,              ///< TCB info for another TEE, or of a version that says nothing about it
  kFmspcMismatch,             ///< TCB info for other platforms
  kPceIdMismatch,             ///< TCB info for another provisioning enclave
  kBadQeIdentity,             ///< signed, but not a QE identity as this build knows it
  kBadQeIdentitySignature,    ///< a QE identity that its signer did not sign
  kWrongQeIdentity,           ///< the identity of another enclave than the quoting enclave of this TEE
  kCollateralNotYetValid,     ///< collateral issued later than now
  kCollateralExpired,         ///< collateral whose next update was due before now (and the grace before that)
  kTdxModuleMismatch,         ///< the TDX module is not one that TCB info knows
  kTcbNotSupported,           ///< the platform reaches no level of TCB info
  kModuleTcbNotSupported,     ///< the TDX module reaches no level of its identity
  kQeTcbNotSupported,         ///< the quoting enclave reaches no level of its identity
};
/// The last one, for tables.
inline constexpr Error kLastError = Error::kQeTcbNotSupported;

/// What is wrong, in words for a log; never empty.
[[nodiscard]] std::string_view to_string(Error error) noexcept;

/// Its name for programs: "BadQuoteSignature".
[[nodiscard]] std::string_view to_code(Error error) noexcept;

template <class T>
using Result = std::expected<T, Error>;

}  // namespace substratee::attestation
