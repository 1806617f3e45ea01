#include "core/attestation/error.hpp"

#include <array>

namespace substratee::attestation {
namespace {

struct Entry {
  Error error{};
  std::string_view code;
  std::string_view text;
};

constexpr std::array kEntries{
    Entry{Error::kUnsupportedEvidence, "UnsupportedEvidence",
          "this kind of evidence is not yet supported by this build"},
    Entry{Error::kBadDer, "BadDer", "malformed or non-canonical DER"},
    Entry{Error::kBadPem, "BadPem", "malformed PEM bundle"},
    Entry{Error::kBadCertificate, "BadCertificate", "a certificate is outside the accepted X.509 profile"},
    Entry{Error::kUnknownCriticalExtension, "UnknownCriticalExtension",
          "a certificate has an unknown critical extension"},
    Entry{Error::kBadCbor, "BadCbor", "malformed CBOR"},
    Entry{Error::kTruncatedQuote, "TruncatedQuote", "the quote is truncated"},
    Entry{Error::kBadHeader, "BadHeader", "the quote header is not that of an ECDSA P-256 quote of version 3, 4 or 5"},
    Entry{Error::kBadReport, "BadReport", "reserved bytes of a report are not zero"},
    Entry{Error::kBadSignatureData, "BadSignatureData", "the lengths inside the quote's signature data do not add up"},
    Entry{Error::kUnsupportedCertification, "UnsupportedCertification", "the quote carries no PCK certificate chain"},
    Entry{Error::kVendorMismatch, "VendorMismatch",
          "quoting enclave vendor and trust anchor are not both simulated or both hardware"},
    Entry{Error::kBadChain, "BadChain", "the certificates do not form a chain leaf, CA, root"},
    Entry{Error::kUnknownRoot, "UnknownRoot", "the certificate chain ends in a root that is not trusted here"},
    Entry{Error::kBadCertificateSignature, "BadCertificateSignature", "a certificate signature does not hold"},
    Entry{Error::kNotYetValid, "NotYetValid", "a certificate is not valid yet"},
    Entry{Error::kExpired, "Expired", "a certificate has expired"},
    Entry{Error::kBadPckExtension, "BadPckExtension",
          "the platform certificate's SGX extension is missing or malformed"},
    Entry{Error::kBadQeSignature, "BadQeSignature", "the quoting enclave's report is not signed by the platform key"},
    Entry{Error::kBadQeBinding, "BadQeBinding", "the quoting enclave's report does not name the attestation key"},
    Entry{Error::kQeDebug, "QeDebug", "the quoting enclave is a debug enclave"},
    Entry{Error::kQeIdentity, "QeIdentity", "the report is not of the expected quoting enclave"},
    Entry{Error::kBadQuoteSignature, "BadQuoteSignature", "the quote signature does not hold"},
    Entry{Error::kForbiddenAttributes, "ForbiddenAttributes", "the enclave's attributes are forbidden"},
    Entry{Error::kReportDataMismatch, "ReportDataMismatch", "report_data is not the hash of the claims"},
    Entry{Error::kBadClaims, "BadClaims", "the claims are malformed"},
    Entry{Error::kNoEvidence, "NoEvidence", "the TLS certificate carries no evidence"},
    Entry{Error::kBadSelfSignature, "BadSelfSignature", "the TLS certificate is not signed by its own key"},
    Entry{Error::kBadSnpReport, "BadSnpReport",
          "version, algorithm, signing key or reserved bits of the SNP report are not as they must be"},
    Entry{Error::kBadCertificateTable, "BadCertificateTable", "the certificate table of the SNP evidence is malformed"},
    Entry{Error::kMissingCertificate, "MissingCertificate", "the certificate table lacks a certificate of the chain"},
    Entry{Error::kWrongSigningKey, "WrongSigningKey",
          "the certificates are for the other kind of signing key (VCEK, VLEK) than the report names"},
    Entry{Error::kVlekNotAllowed, "VlekNotAllowed",
          "the report is signed with a cloud provider's key (VLEK), which is not allowed here"},
    Entry{Error::kProductMismatch, "ProductMismatch", "report and certificates are not of one AMD product"},
    Entry{Error::kBadAmdExtension, "BadAmdExtension",
          "an AMD extension of the signing key's certificate is missing or malformed"},
    Entry{Error::kTcbMismatch, "TcbMismatch", "the signing key's certificate is for another TCB than the report names"},
    Entry{Error::kMaskedChip, "MaskedChip",
          "the report hides the chip's id, so that the certificate cannot be bound to it"},
    Entry{Error::kChipMismatch, "ChipMismatch", "the signing key's certificate is for another chip"},
    Entry{Error::kBadReportSignature, "BadReportSignature", "the report signature does not hold"},
    Entry{Error::kBadIasReport, "BadIasReport", "the IAS report is malformed"},
    Entry{Error::kBadIasSignature, "BadIasSignature", "the signature of the IAS report does not hold"},
    Entry{Error::kIasQuoteRefused, "IasQuoteRefused", "IAS says that the quote is invalid or revoked"},
    Entry{Error::kMissingCollateral, "MissingCollateral", "collateral that the evidence rests on is missing"},
    Entry{Error::kKeyMismatch, "KeyMismatch", "the evidence was made for another TLS key"},
    Entry{Error::kTooLarge, "TooLarge", "the quote or the collateral is larger than allowed"},
    Entry{Error::kTrailingBytes, "TrailingBytes", "bytes follow the quote"},
    Entry{Error::kWrongTee, "WrongTee", "the quote is of another TEE than its kind says"},
    Entry{Error::kWrongCertificateName, "WrongCertificateName",
          "a certificate of the platform's chain does not have the name of its place"},
    Entry{Error::kBadJson, "BadJson", "malformed JSON, or JSON outside the strict subset"},
    Entry{Error::kBadCrl, "BadCrl", "a certificate revocation list is malformed or outside the accepted profile"},
    Entry{Error::kCrlIssuerMismatch, "CrlIssuerMismatch", "a certificate revocation list is of another issuer"},
    Entry{Error::kBadCrlSignature, "BadCrlSignature", "the signature of a certificate revocation list does not hold"},
    Entry{Error::kPckRevoked, "PckRevoked", "the platform's certificate is revoked"},
    Entry{Error::kCaRevoked, "CaRevoked", "the certificate of the platform's CA is revoked"},
    Entry{Error::kTcbSignerRevoked, "TcbSignerRevoked", "the certificate of the TCB signer is revoked"},
    Entry{Error::kBadTcbSigner, "BadTcbSigner", "the signer is not the root's signer of TCB data"},
    Entry{Error::kBadTcbInfo, "BadTcbInfo", "the TCB info is malformed or of an unknown version"},
    Entry{Error::kBadTcbInfoSignature, "BadTcbInfoSignature", "the signature of the TCB info does not hold"},
    Entry{Error::kWrongTcbInfo, "WrongTcbInfo", "the TCB info is for another TEE"},
    Entry{Error::kFmspcMismatch, "FmspcMismatch", "the TCB info is for platforms of another FMSPC"},
    Entry{Error::kPceIdMismatch, "PceIdMismatch", "the TCB info is for another PCE"},
    Entry{Error::kBadQeIdentity, "BadQeIdentity", "the QE identity is malformed or of an unknown version"},
    Entry{Error::kBadQeIdentitySignature, "BadQeIdentitySignature", "the signature of the QE identity does not hold"},
    Entry{Error::kWrongQeIdentity, "WrongQeIdentity", "the QE identity is of the enclave of another TEE"},
    Entry{Error::kCollateralNotYetValid, "CollateralNotYetValid", "collateral is not valid yet"},
    Entry{Error::kCollateralExpired, "CollateralExpired", "collateral has expired"},
    Entry{Error::kTdxModuleMismatch, "TdxModuleMismatch", "the TDX module is not one that the TCB info knows"},
    Entry{Error::kTcbNotSupported, "TcbNotSupported", "the platform reaches no level of the TCB info"},
    Entry{Error::kModuleTcbNotSupported, "ModuleTcbNotSupported", "the TDX module reaches no level of its identity"},
    Entry{Error::kQeTcbNotSupported, "QeTcbNotSupported", "the quoting enclave reaches no level of its identity"},
};

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < kEntries.size(); ++i) {
    if (kEntries[i].error != static_cast<Error>(i)) return false;
  }
  return kEntries.back().error == kLastError;
}
static_assert(is_in_order());

const Entry* find(Error error) noexcept {
  const auto index = static_cast<std::size_t>(error);
  return index < kEntries.size() ? &kEntries[index] : nullptr;
}

}  // namespace

std::string_view to_string(Error error) noexcept {
  const auto* entry = find(error);
  return entry == nullptr ? "unknown error" : entry->text;
}

std::string_view to_code(Error error) noexcept {
  const auto* entry = find(error);
  return entry == nullptr ? "Unknown" : entry->code;
}

}  // namespace substratee::attestation
