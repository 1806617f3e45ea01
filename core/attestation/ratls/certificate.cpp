#include "core/attestation/ratls/certificate.hpp"

#include "core/attestation/cbor.hpp"
#include "core/attestation/dcap/quote.hpp"
#include "core/attestation/spki.hpp"
#include "core/attestation/x509.hpp"
#include "core/attestation/x509_writer.hpp"

namespace substratee::attestation::ratls {
namespace {

constexpr std::string_view kName = "substraTEE RA-TLS";
constexpr std::string_view kOrganization = "substraTEE";
constexpr std::size_t kVendorOffset = 12;

bool body_is_quote(Kind kind) noexcept {
  return kind == Kind::kSimulated || kind == Kind::kSgxDcap || kind == Kind::kTdx;
}

/// The extension carries no kind of its own. Version and vendor decide; every kind then has its own verification,
/// which demands the very same vendor.
Result<Kind> kind_of_quote(ByteView quote) noexcept {
  constexpr std::size_t kNeeded = kVendorOffset + dcap::VendorId::kSize;
  if (quote.size() < kNeeded) return std::unexpected(Error::kTruncatedQuote);
  const auto vendor = *dcap::VendorId::from(quote.subspan(kVendorOffset, dcap::VendorId::kSize));
  const bool version3 = quote[0] == dcap::kVersion3 && quote[1] == 0;
  if (version3 && vendor == dcap::simulation_vendor()) return Kind::kSimulated;
  if (version3 && vendor == dcap::kIntelVendor) return Kind::kSgxDcap;
  return std::unexpected(Error::kUnsupportedEvidence);
}

Result<Evidence> read_tagged_evidence(ByteView cbor) {
  cbor::Reader in(cbor);
  if (SUBSTRATEE_TRY(in.tag()) != kQuoteTag) return std::unexpected(Error::kUnsupportedEvidence);
  if (SUBSTRATEE_TRY(in.array()) != 2) return std::unexpected(Error::kBadCbor);
  const auto quote = SUBSTRATEE_TRY(in.bytes());
  const auto claims = SUBSTRATEE_TRY(in.bytes());
  SUBSTRATEE_TRY(in.finish());
  if (quote.size() > kMaxEvidenceBodySize) return std::unexpected(Error::kBadSignatureData);
  if (claims.size() > kMaxClaimsSize) return std::unexpected(Error::kBadClaims);
  return Evidence{SUBSTRATEE_TRY(kind_of_quote(quote)), {to_bytes(quote)}, {to_bytes(claims)}};
}

}  // namespace

Result<Bytes> make_certificate(const crypto::p256::KeyPair& key, const Evidence& evidence) {
  if (!body_is_quote(evidence.kind)) return std::unexpected(Error::kUnsupportedEvidence);
  const auto value = concat(cbor::tag_head(kQuoteTag), cbor::array_head(2), cbor::byte_string(evidence.body.value),
                            cbor::byte_string(evidence.claims.value));
  const auto name = x509::make_name(kName, kOrganization);
  return x509::write({.issuer = name,
                      .subject = name,
                      .key = key.public_key(),
                      .extensions = {x509::make_basic_constraints(false, std::nullopt),
                                     x509::make_key_usage(false),
                                     {to_bytes(kOidTaggedEvidence), false, value}}},
                     key);
}

Result<PresentedCertificate> parse_certificate(ByteView der) {
  if (der.size() > kMaxCertificateSize) return std::unexpected(Error::kBadCertificate);
  const auto certificate = SUBSTRATEE_TRY(x509::parse(der));
  const auto* extension = certificate.extension(kOidTaggedEvidence);
  if (extension == nullptr) return std::unexpected(Error::kNoEvidence);
  SUBSTRATEE_TRY_OR(Error::kBadSelfSignature, x509::verify_signature(certificate, certificate.key));
  return PresentedCertificate{to_bytes(certificate.spki), SUBSTRATEE_TRY(read_tagged_evidence(extension->value)),
                              certificate.not_before, certificate.not_after};
}

Result<VerifiedEvidence> verify_certificate(ByteView der, const CollateralSet& collateral, const TrustAnchors& anchors,
                                            UnixSeconds now, const VerifyOptions& options) {
  const auto certificate = SUBSTRATEE_TRY(parse_certificate(der));
  if (now < certificate.not_before) return std::unexpected(Error::kNotYetValid);
  if (now > certificate.not_after) return std::unexpected(Error::kExpired);
  const auto verified = SUBSTRATEE_TRY(verify(certificate.evidence, collateral, anchors, now, options));
  if (verified.pubkey_hash != hash_of_spki(certificate.spki)) return std::unexpected(Error::kKeyMismatch);
  return verified;
}

}  // namespace substratee::attestation::ratls
