#pragma once

/// Collateral of one platform as one JSON object, in the form that other verifiers keep it in, too (and that
/// core/attestation/collateral_file.hpp reads): pck_crl_issuer_chain, root_ca_crl, pck_crl (hexadecimal),
/// tcb_info_issuer_chain, tcb_info (the signed text), tcb_info_signature, qe_identity_issuer_chain, qe_identity,
/// qe_identity_signature; for SEV-SNP snp_crl (hexadecimal) and snp_crl_issuer_chain.

#include "core/attestation/collateral.hpp"
#include "rpc/collateral/failure.hpp"

#include <string>
#include <vector>

namespace substratee::rpc::collateral {

/// kBadAnswer when the body of TCB info or an identity has no signed text and signature.
[[nodiscard]] Result<std::string> to_document(const std::vector<attestation::CollateralItem>& items);

}  // namespace substratee::rpc::collateral
