#include "core/attestation/collateral.hpp"

#include "core/attestation/dcap/authenticate.hpp"
#include "core/attestation/snp/authenticate.hpp"
#include "core/attestation/snp/chain.hpp"

namespace substratee::attestation {

std::string_view to_string(CollateralKind kind) noexcept {
  switch (kind) {
    case CollateralKind::kSgxTcbInfo: return "SGX TCB info";
    case CollateralKind::kTdxTcbInfo: return "TDX TCB info";
    case CollateralKind::kSgxQeIdentity: return "SGX QE identity";
    case CollateralKind::kTdxQeIdentity: return "TDX QE identity";
    case CollateralKind::kPckProcessorCrl: return "PCK Processor CA CRL";
    case CollateralKind::kPckPlatformCrl: return "PCK Platform CA CRL";
    case CollateralKind::kIntelRootCrl: return "SGX Root CA CRL";
    case CollateralKind::kSnpCrl: return "SEV-SNP CRL";
  }
  return "unknown";
}

Result<VerifiedCollateral> verify_collateral(const CollateralItem& item, const TrustAnchors& anchors,
                                             const CollateralItem* root_crl, UnixSeconds now) {
  if (item.kind == CollateralKind::kSnpCrl) return snp::verify_crl_item(item, anchors.amd_roots, now);
  x509::KnownCertificates known;
  const auto opened = SUBSTRATEE_TRY(dcap::open_collateral(item, anchors, known));
  SUBSTRATEE_TRY(dcap::check_dates(opened, now, 0));
  if (root_crl != nullptr) {
    const auto list = SUBSTRATEE_TRY(dcap::open_collateral(*root_crl, anchors, known));
    if (list.id.kind != CollateralKind::kIntelRootCrl || list.id.root != opened.id.root) {
      return std::unexpected(Error::kCrlIssuerMismatch);
    }
    SUBSTRATEE_TRY(dcap::check_dates(list, now, 0));
    SUBSTRATEE_TRY(dcap::check_signer(opened, list.list()));
  }
  return VerifiedCollateral{opened.id, opened.version, dcap::end_of(opened, 0)};
}

Result<CollateralId> read_collateral_id(const CollateralItem& item) {
  return item.kind == CollateralKind::kSnpCrl ? snp::read_crl_id(item) : dcap::read_id(item);
}

Result<std::vector<CollateralNeed>> collateral_needs(const Evidence& evidence) {
  switch (evidence.kind) {
    case Kind::kSimulated:
    case Kind::kSgxDcap:
    case Kind::kTdx: return dcap::read_needs(evidence.kind, evidence.body.value);
    case Kind::kIas: return std::vector<CollateralNeed>{};
    case Kind::kSevSnp: return snp::collateral_needs(evidence.body.value);
  }
  return std::unexpected(Error::kUnsupportedEvidence);
}

}  // namespace substratee::attestation
