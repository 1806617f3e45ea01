#pragma once

/// Collateral of one platform in a file: a JSON object of strings, as other verifiers keep it, too. Names:
/// pck_crl_issuer_chain (PEM), root_ca_crl, pck_crl (DER in hexadecimal), tcb_info_issuer_chain, tcb_info (the exact
/// text of the member "tcbInfo"), tcb_info_signature, qe_identity_issuer_chain, qe_identity, qe_identity_signature;
/// for SEV-SNP snp_crl (DER in hexadecimal) and snp_crl_issuer_chain (the ARK). Any of the five items may be missing;
/// other members are passed over.

#include "core/attestation/collateral.hpp"

namespace substratee::attestation {

inline constexpr std::size_t kMaxCollateralFileSize = 512 * 1024;

/// The items, each under the id that it claims: nothing is verified. The root of the root's list is the one above the
/// other list, or above TCB info. kTooLarge, kBadJson, and the errors of read_collateral_id.
[[nodiscard]] Result<CollateralSet> parse_collateral_file(ByteView text);

}  // namespace substratee::attestation
