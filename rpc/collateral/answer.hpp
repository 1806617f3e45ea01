#pragma once

/// From a service's answer to an item in its one form: the body as served (lists as DER, whichever of DER, PEM or
/// hexadecimal text they came in), the issuer chain as plain PEM. Form only: nothing is verified.

#include "core/attestation/collateral.hpp"
#include "rpc/collateral/failure.hpp"

#include <string>
#include <string_view>

namespace substratee::rpc::collateral {

/// `what` names the answer in failures. For a root's list the chain keeps its root alone. kBadAnswer.
[[nodiscard]] Result<attestation::CollateralItem> read_item(attestation::CollateralKind kind, std::string_view body,
                                                            std::string_view issuer_chain, const std::string& what);

/// The issuer chain of a header: URL-decoded. kBadAnswer.
[[nodiscard]] Result<std::string> decode_chain_header(std::string_view value, const std::string& what);

/// By the status: nothing for 200. `retry_after` as the header has it (seconds only; dates are passed over).
[[nodiscard]] Result<void> check_status(unsigned status, const std::string* retry_after, const std::string& what);

}  // namespace substratee::rpc::collateral
