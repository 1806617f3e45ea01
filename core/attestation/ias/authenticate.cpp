#include "core/attestation/ias/authenticate.hpp"

#include "core/attestation/ias/report.hpp"
#include "core/attestation/name.hpp"
#include "core/attestation/pem.hpp"
#include "core/attestation/spki.hpp"
#include "core/attestation/x509_signed.hpp"
#include "core/crypto/rsa.hpp"

namespace substratee::attestation::ias {
namespace {

constexpr x509::Form kForm{.loose_times = true};
constexpr std::string_view kSignerName = "Intel SGX Attestation Report Signing";
constexpr std::string_view kPlatformLabel = "substratee/ias-platform/v1";
constexpr std::uint64_t kRequiredFlags = dcap::kInit | dcap::kMode64;
constexpr std::uint64_t kForbiddenFlags = dcap::kProvisionKey | dcap::kEinitTokenKey;

struct Chain {
  x509::Outline signer;
  x509::Outline root;
  Hash256 root_hash;
};

/// signer ← root, in either order.
Result<Chain> order_chain(const std::vector<Bytes>& bundle) {
  if (bundle.size() != 2) return std::unexpected(Error::kBadChain);
  auto first = SUBSTRATEE_TRY(x509::parse_outline(bundle[0], kForm));
  auto second = SUBSTRATEE_TRY(x509::parse_outline(bundle[1], kForm));
  if (first.is_self_issued()) std::swap(first, second);
  const bool linked = second.is_self_issued() && std::ranges::equal(first.issuer, second.subject);
  const bool may_sign = !first.ca && (first.key_usage.value_or(0) & x509::kDigitalSignature) != 0;
  if (!linked || !may_sign || !second.may_issue(0) || x509::common_name(first.subject) != kSignerName) {
    return std::unexpected(Error::kBadChain);
  }
  const auto root_hash = hash_of_spki(second.spki);
  return Chain{std::move(first), std::move(second), root_hash};
}

Result<void> check_signatures(const Chain& chain, const Body& body) {
  SUBSTRATEE_TRY(x509::verify_pkcs1(x509::signed_part(chain.root), chain.root.spki));
  SUBSTRATEE_TRY(x509::verify_pkcs1(x509::signed_part(chain.signer), chain.root.spki));
  const auto key = SUBSTRATEE_TRY(rsa_modulus_from_spki(chain.signer.spki));
  if (!crypto::rsa::verify_pkcs1_sha256(key, body.report.value, body.signature.value)) {
    return std::unexpected(Error::kBadIasSignature);
  }
  return {};
}

PlatformId platform_id(const Report& report) {
  Bytes group;
  for (std::size_t i = 0; i < 4; ++i) group.push_back(static_cast<std::uint8_t>(report.group >> (8 * i)));
  const auto hash = crypto::sha256(concat(as_bytes(kPlatformLabel), group, as_bytes(report.pseudonym)));
  return *PlatformId::from(ByteView(hash.bytes).first(PlatformId::kSize));
}

AuthenticEvidence to_evidence(Report report, const Hash256& root) {
  AuthenticEvidence out;
  out.kind = Kind::kIas;
  out.hardware = true;
  out.tcb_status = report.status;
  out.root = root;
  out.measurement = report.enclave.mr_enclave;
  out.signer = report.enclave.mr_signer;
  out.platform_id = platform_id(report);
  out.debug = (report.enclave.flags & dcap::kDebug) != 0;
  out.report_data = report.enclave.report_data;
  out.valid_until = report.timestamp;
  out.platform_status = report.status;
  out.advisories = std::move(report.advisories);
  return out;
}

}  // namespace

Result<AuthenticEvidence> authenticate(ByteView bytes, const TrustAnchors& anchors, UnixSeconds now) {
  if (anchors.ias_roots.empty()) return std::unexpected(Error::kUnsupportedEvidence);
  const auto body = SUBSTRATEE_TRY_OR(Error::kBadIasReport, scale::decode<Body>(bytes));
  const auto bundle = SUBSTRATEE_TRY(pem::read_certificates(body.chain.value));
  const auto chain = SUBSTRATEE_TRY(order_chain(bundle));
  if (std::ranges::find(anchors.ias_roots, chain.root_hash) == anchors.ias_roots.end()) {
    return std::unexpected(Error::kUnknownRoot);
  }
  SUBSTRATEE_TRY(check_signatures(chain, body));
  auto report = SUBSTRATEE_TRY(parse_report(body.report.value));
  if (report.timestamp > now) return std::unexpected(Error::kNotYetValid);
  SUBSTRATEE_TRY(x509::verify_validity(chain.root, report.timestamp));
  SUBSTRATEE_TRY(x509::verify_validity(chain.signer, report.timestamp));
  if ((report.enclave.flags & kRequiredFlags) != kRequiredFlags || (report.enclave.flags & kForbiddenFlags) != 0) {
    return std::unexpected(Error::kForbiddenAttributes);
  }
  return to_evidence(std::move(report), chain.root_hash);
}

}  // namespace substratee::attestation::ias
