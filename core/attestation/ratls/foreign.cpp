#include "core/attestation/ratls/foreign.hpp"

#include "core/attestation/ratls/certificate.hpp"
#include "core/attestation/spki.hpp"
#include "core/attestation/x509_signed.hpp"
#include "core/cbor/cbor.hpp"

namespace substratee::attestation::ratls {
namespace {

constexpr x509::Form kForm{.loose_times = true};
/// Gramine hands its tag and length to mbedTLS as content, too.
constexpr std::array<std::uint8_t, 11> kOidGramineOnWire{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                                         0xf8, 0x4d, 0x8a, 0x39, 0x06};
constexpr std::array<std::uint8_t, 9> kOidGramine{0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x8a, 0x39, 0x06};
/// Also the OID of the SGX extension in PCK certificates.
constexpr std::array<std::uint8_t, 9> kOidIntelSdk{0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x01, 0x0d, 0x01};
constexpr std::uint64_t kMaxPairs = 16;

std::unexpected<Error> bad_claims() { return std::unexpected(Error::kBadClaims); }

/// By the numbers of IANA's registry of named information hashes.
std::optional<Bytes> hash_by(std::uint64_t algorithm, ByteView spki) {
  switch (algorithm) {
    case 1: return to_bytes(crypto::sha256(spki).bytes);
    case 7: return to_bytes(crypto::sha384(spki).bytes);
    case 8: return to_bytes(crypto::sha512(spki).bytes);
    default: return std::nullopt;
  }
}

/// bstr(CBOR [algorithm, hash]).
Result<void> check_pubkey_hash(ByteView entry, ByteView spki) {
  cbor::Reader in(entry);
  const auto count = SUBSTRATEE_TRY_OR(Error::kBadCbor, in.array());
  const auto algorithm = SUBSTRATEE_TRY_OR(Error::kBadCbor, in.unsigned_integer());
  const auto hash = SUBSTRATEE_TRY_OR(Error::kBadCbor, in.bytes());
  SUBSTRATEE_TRY_OR(Error::kBadCbor, in.finish());
  const auto expected = hash_by(algorithm, spki);
  if (count != 2 || !expected || hash.size() != expected->size()) return bad_claims();
  if (!std::ranges::equal(hash, *expected)) return std::unexpected(Error::kKeyMismatch);
  return {};
}

Result<void> check_claims(ByteView buffer, ForeignCertificate& out) {
  cbor::Reader in(buffer);
  const auto pairs = SUBSTRATEE_TRY_OR(Error::kBadCbor, in.map());
  if (pairs > kMaxPairs) return bad_claims();
  std::vector<std::string_view> seen;
  for (std::uint64_t i = 0; i < pairs; ++i) {
    const auto key = as_text(SUBSTRATEE_TRY_OR(Error::kBadCbor, in.text()));
    if (std::ranges::find(seen, key) != seen.end()) return bad_claims();
    seen.push_back(key);
    if (key == "pubkey-hash") {
      const auto entry = SUBSTRATEE_TRY_OR(Error::kBadCbor, in.bytes());
      SUBSTRATEE_TRY(check_pubkey_hash(entry, out.spki));
    } else if (key == "nonce") {
      out.nonce = to_bytes(SUBSTRATEE_TRY_OR(Error::kBadCbor, in.bytes()));
    } else {
      SUBSTRATEE_TRY_OR(Error::kBadCbor, in.skip());
    }
  }
  if (std::ranges::find(seen, "pubkey-hash") == seen.end()) return bad_claims();
  SUBSTRATEE_TRY_OR(Error::kBadCbor, in.finish());
  return {};
}

Result<void> read_tagged(ByteView value, ForeignCertificate& out) {
  const auto evidence = SUBSTRATEE_TRY(read_tagged_evidence(value));
  out.carrier = Carrier::kTaggedEvidence;
  out.kind = evidence.kind;
  out.body = to_bytes(evidence.body);
  out.claims = to_bytes(evidence.claims);
  out.bound = report_data_for(out.claims);
  auto claims = check_claims(out.claims, out);
  // Whatever is wrong inside, CBOR included, the claims are what is refused.
  if (!claims && claims.error() == Error::kBadCbor) return bad_claims();
  return claims;
}

Result<void> read_legacy(ByteView quote, Carrier carrier, ForeignCertificate& out) {
  out.carrier = carrier;
  out.kind = SUBSTRATEE_TRY(kind_of_quote(quote));
  out.body = to_bytes(quote);
  out.bound = report_data_for(out.spki);
  return {};
}

Result<void> read_evidence(const x509::Outline& certificate, ForeignCertificate& out) {
  if (const auto* tagged = certificate.extension(kOidTaggedEvidence)) return read_tagged(tagged->value, out);
  for (const ByteView oid : {ByteView(kOidGramineOnWire), ByteView(kOidGramine)}) {
    if (const auto* legacy = certificate.extension(oid)) {
      return read_legacy(legacy->value, Carrier::kGramineLegacy, out);
    }
  }
  if (const auto* legacy = certificate.extension(kOidIntelSdk)) {
    return read_legacy(legacy->value, Carrier::kIntelSdkLegacy, out);
  }
  return std::unexpected(Error::kNoEvidence);
}

}  // namespace

std::string_view to_string(Carrier carrier) noexcept {
  switch (carrier) {
    case Carrier::kTaggedEvidence: return "interoperable RA-TLS (2.23.133.5.4.9)";
    case Carrier::kGramineLegacy: return "Gramine's older RA-TLS (1.2.840.113741.1337.6)";
    case Carrier::kIntelSdkLegacy: return "Intel SDK's older RA-TLS (1.2.840.113741.1.13.1)";
  }
  return "unknown";
}

Result<ForeignCertificate> read_foreign_certificate(ByteView der) {
  if (der.size() > kMaxCertificateSize) return std::unexpected(Error::kBadCertificate);
  const auto certificate = SUBSTRATEE_TRY(x509::parse_outline(der, kForm));
  ForeignCertificate out;
  out.spki = to_bytes(certificate.spki);
  out.not_before = certificate.not_before;
  out.not_after = certificate.not_after;
  SUBSTRATEE_TRY(read_evidence(certificate, out));
  SUBSTRATEE_TRY_OR(Error::kBadSelfSignature, x509::verify_any(x509::signed_part(certificate), certificate.spki));
  return out;
}

Result<AuthenticEvidence> judge_foreign_certificate(ByteView der, const CollateralSet& collateral,
                                                    const TrustAnchors& anchors, UnixSeconds now,
                                                    const VerifyOptions& options) {
  const auto certificate = SUBSTRATEE_TRY(read_foreign_certificate(der));
  if (now < certificate.not_before) return std::unexpected(Error::kNotYetValid);
  if (now > certificate.not_after) return std::unexpected(Error::kExpired);
  auto evidence = SUBSTRATEE_TRY(authenticate(certificate.kind, certificate.body, collateral, anchors, now, options));
  if (evidence.report_data != certificate.bound) return std::unexpected(Error::kReportDataMismatch);
  return evidence;
}

}  // namespace substratee::attestation::ratls
