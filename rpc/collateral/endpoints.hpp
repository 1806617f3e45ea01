#pragma once

/// Where services keep each item: Intel's PCS API v4 ("Provisioning Certification Service", api.portal.trustedservices.
/// intel.com), a PCCS (the same paths, and rootcacrl), AMD's KDS ("VCEK Certificate and KDS Interface Specification",
/// 57230).

#include "core/attestation/collateral.hpp"
#include "rpc/collateral/config.hpp"

#include <optional>

namespace substratee::rpc::collateral {

struct Endpoint {
  std::string url;
  /// Header of the answer that carries the issuer chain, URL-encoded; empty where another answer has it.
  std::string_view chain_header{};
  std::string_view older_chain_header{};  ///< the name before version 4; empty if there was no other
  /// For an item whose answer has no chain: where a chain that holds its root is.
  std::string chain_url{};
};

/// Nothing for an SNP list of a root that is not AMD's.
[[nodiscard]] std::optional<Endpoint> endpoint_of(const Config& config, const attestation::CollateralId& id);

[[nodiscard]] bool is_json(attestation::CollateralKind kind) noexcept;
/// "00906ED50000".
[[nodiscard]] std::string fmspc_text(const attestation::Fmspc& fmspc);
/// "Milan", "Genoa" or "Turin", by AMD's root key.
[[nodiscard]] std::optional<std::string_view> product_of(const Hash256& root) noexcept;

}  // namespace substratee::rpc::collateral
