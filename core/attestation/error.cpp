#include "core/attestation/error.hpp"

namespace substratee::attestation {

std::string_view to_string(Error error) noexcept {
  switch (error) {
    case Error::kUnsupportedEvidence: return "this kind of evidence is not yet supported by this build";
    case Error::kBadDer: return "malformed or non-canonical DER";
    case Error::kBadPem: return "malformed PEM bundle";
    case Error::kBadCertificate: return "a certificate is outside the accepted X.509 profile";
    case Error::kUnknownCriticalExtension: return "a certificate has an unknown critical extension";
    case Error::kBadCbor: return "malformed CBOR";
    case Error::kTruncatedQuote: return "the quote is truncated";
    case Error::kBadHeader: return "the quote header is not that of an ECDSA P-256 quote of version 3";
    case Error::kBadReport: return "reserved bytes of a report are not zero";
    case Error::kBadSignatureData: return "the lengths inside the quote's signature data do not add up";
    case Error::kUnsupportedCertification: return "the quote carries no PCK certificate chain";
    case Error::kVendorMismatch:
      return "quoting enclave vendor and trust anchor are not both simulated or both hardware";
    case Error::kBadChain: return "the certificates do not form a chain leaf, CA, root";
    case Error::kUnknownRoot: return "the certificate chain ends in a root that is not trusted here";
    case Error::kBadCertificateSignature: return "a certificate signature does not hold";
    case Error::kNotYetValid: return "a certificate is not valid yet";
    case Error::kExpired: return "a certificate has expired";
    case Error::kBadPckExtension: return "the platform certificate's SGX extension is missing or malformed";
    case Error::kBadQeSignature: return "the quoting enclave's report is not signed by the platform key";
    case Error::kBadQeBinding: return "the quoting enclave's report does not name the attestation key";
    case Error::kQeDebug: return "the quoting enclave is a debug enclave";
    case Error::kQeIdentity: return "the report is not of the expected quoting enclave";
    case Error::kBadQuoteSignature: return "the quote signature does not hold";
    case Error::kForbiddenAttributes: return "the enclave's attributes are forbidden";
    case Error::kReportDataMismatch: return "report_data is not the hash of the claims";
    case Error::kBadClaims: return "the claims are malformed";
    case Error::kNoEvidence: return "the TLS certificate carries no evidence";
    case Error::kBadSelfSignature: return "the TLS certificate is not signed by its own key";
    case Error::kMissingCollateral: return "collateral that the evidence rests on is missing";
    case Error::kKeyMismatch: return "the evidence was made for another TLS key";
  }
  return "unknown error";
}

}  // namespace substratee::attestation
