#include "core/attestation/snp/authenticate.hpp"

#include "core/attestation/snp/chain.hpp"
#include "core/attestation/snp/leaf.hpp"
#include "core/crypto/hash.hpp"

namespace substratee::attestation::snp {
namespace {

constexpr std::string_view kPlatformLabel = "substratee/snp-platform/v1";

/// The chip's id is 64 bytes in the report; a shorter one in the certificate is followed by zeros.
Result<void> check_chip(const Report& report, const Leaf& leaf) {
  if (report.signing_key == SigningKey::kVlek) return {};
  if (report.masked_chip_key || report.chip_id == FixedBytes<64>{}) return std::unexpected(Error::kMaskedChip);
  FixedBytes<64> named;
  std::ranges::copy(leaf.hw_id, named.begin());
  if (named != report.chip_id) return std::unexpected(Error::kChipMismatch);
  return {};
}

Result<void> check_product(const Report& report, Product product) {
  if (report.cpu && product_of_cpu(report.cpu->family, report.cpu->model) != product) {
    return std::unexpected(Error::kProductMismatch);
  }
  return {};
}

PlatformId platform_id(const Report& report, const Leaf& leaf) {
  const bool has_chip = report.chip_id != FixedBytes<64>{};
  const auto whose = has_chip ? ByteView(report.chip_id.bytes) : as_bytes(leaf.csp_id);
  const auto hash = crypto::sha256(concat(as_bytes(kPlatformLabel), whose));
  return *PlatformId::from(ByteView(hash.bytes).first(PlatformId::kSize));
}

/// When the list at hand ends; nothing without one.
Result<std::optional<UnixSeconds>> check_revocation(const Chain& chain, const CollateralSet& collateral,
                                                    UnixSeconds now, const VerifyOptions& options) {
  const CollateralId id{chain.root_hash, CollateralKind::kSnpCrl, {}};
  const auto found = std::ranges::find(collateral, id, &CollateralSet::value_type::first);
  if (found == collateral.end()) return std::optional<UnixSeconds>{};
  const auto verdict =
      SUBSTRATEE_TRY(verify_crl(found->second.body.value, chain.root, chain.ca.serial, now, options.collateral_grace));
  return std::optional(verdict.next_update);
}

}  // namespace

Result<AuthenticEvidence> authenticate(ByteView body, const CollateralSet& collateral, const TrustAnchors& anchors,
                                       UnixSeconds now, const VerifyOptions& options) {
  const auto parts = SUBSTRATEE_TRY(parse_body(body));
  const auto& report = parts.report;
  if (report.signing_key == SigningKey::kVlek && !options.allow_vlek) return std::unexpected(Error::kVlekNotAllowed);
  const auto chain = SUBSTRATEE_TRY(verify_chain(parts.certificates, report.signing_key, anchors.amd_roots, now));
  const auto crl_end = SUBSTRATEE_TRY(check_revocation(chain, collateral, now, options));
  SUBSTRATEE_TRY(check_product(report, chain.product));
  const auto leaf = SUBSTRATEE_TRY(read_leaf(chain.leaf, chain.product, report.signing_key));
  if (leaf.tcb != report.reported_tcb) return std::unexpected(Error::kTcbMismatch);
  SUBSTRATEE_TRY(check_chip(report, leaf));
  if (!crypto::p384::verify(leaf.key, report.signed_part.bytes, report.signature)) {
    return std::unexpected(Error::kBadReportSignature);
  }
  AuthenticEvidence out;
  out.kind = Kind::kSevSnp;
  out.hardware = true;
  out.tcb_status = TcbStatus::kUpToDate;
  out.root = chain.root_hash;
  out.measurement = measurement_of(report);
  out.platform_id = platform_id(report, leaf);
  out.debug = (report.policy & kPolicyDebug) != 0;
  out.report_data = report.report_data;
  out.valid_until = chain.valid_until;
  if (crl_end) {
    out.collateral_expired = now > *crl_end;
    out.valid_until = std::min(out.valid_until, std::max(*crl_end, *crl_end + options.collateral_grace));
  }
  out.platform_status = TcbStatus::kUpToDate;
  return out;
}

Result<std::vector<CollateralNeed>> collateral_needs(ByteView body) {
  const auto parts = SUBSTRATEE_TRY(parse_body(body));
  const auto root = SUBSTRATEE_TRY(root_of(parts.certificates));
  return std::vector<CollateralNeed>{{{root, CollateralKind::kSnpCrl, {}}, true}};
}

}  // namespace substratee::attestation::snp
