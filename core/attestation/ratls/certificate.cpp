#include "core/attestation/ratls/certificate.hpp"

#include "core/attestation/spki.hpp"
#include "core/attestation/x509.hpp"
#include "core/attestation/x509_writer.hpp"

namespace substratee::attestation::ratls {
namespace {

constexpr std::string_view kName = "substraTEE RA-TLS";
constexpr std::string_view kOrganization = "substraTEE";

Result<Evidence> to_evidence(const TaggedEvidence& tagged) {
  if (tagged.body.size() > kMaxEvidenceBodySize) return std::unexpected(Error::kBadSignatureData);
  if (tagged.claims.size() > kMaxClaimsSize) return std::unexpected(Error::kBadClaims);
  return Evidence{tagged.kind, {to_bytes(tagged.body)}, {to_bytes(tagged.claims)}};
}

}  // namespace

Result<Bytes> make_certificate(const crypto::p256::KeyPair& key, const Evidence& evidence) {
  const auto value = SUBSTRATEE_TRY(write_tagged_evidence(evidence));
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
  const auto tagged = SUBSTRATEE_TRY(read_tagged_evidence(extension->value));
  return PresentedCertificate{to_bytes(certificate.spki), SUBSTRATEE_TRY(to_evidence(tagged)), certificate.not_before,
                              certificate.not_after};
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
