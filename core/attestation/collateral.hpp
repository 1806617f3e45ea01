#pragma once

/// Collateral: what the makers of a platform publish about it and sign (RATS: endorsements and reference values).
/// An item is identified by what it is about, never by who brought it: whoever has a newer one may replace it, nobody
/// can put an older one back. Nothing here is secret; all bytes are hostile until verified.
/// Formats: Intel PCS API v4 (TCB info v3, QE identity v2; TCB info v2 for SGX), RFC 5280 CRLs, AMD KDS CRLs.

#include "core/attestation/evidence.hpp"

#include <compare>
#include <utility>
#include <vector>

namespace substratee::attestation {

enum class CollateralKind : std::uint8_t {
  kSgxTcbInfo,       ///< response of PCS "sgx/tcb": {"tcbInfo":…,"signature":…}
  kTdxTcbInfo,       ///< response of PCS "tdx/tcb"
  kSgxQeIdentity,    ///< response of PCS "sgx/qe/identity": {"enclaveIdentity":…,"signature":…}
  kTdxQeIdentity,    ///< response of PCS "tdx/qe/identity"
  kPckProcessorCrl,  ///< DER; certificates of processors (single package)
  kPckPlatformCrl,   ///< DER; certificates of platforms (several packages)
  kIntelRootCrl,     ///< DER
  kSnpCrl,           ///< DER; signed by the ARK
};
constexpr CollateralKind scale_last(CollateralKind) { return CollateralKind::kSnpCrl; }
[[nodiscard]] std::string_view to_string(CollateralKind kind) noexcept;

using Fmspc = FixedBytes<6>;

struct CollateralId {
  Hash256 root;  ///< SHA-256 of the SPKI of the root under which the item stands: Intel's, AMD's, or a simulation's
  CollateralKind kind{};
  Fmspc fmspc;  ///< of TCB info; zero for every other kind
  SUBSTRATEE_FIELDS(CollateralId, root, kind, fmspc)
  friend bool operator==(const CollateralId&, const CollateralId&) = default;
  friend auto operator<=>(const CollateralId&, const CollateralId&) = default;
};

inline constexpr std::size_t kMaxCollateralSize = 64 * 1024;
inline constexpr std::size_t kMaxIssuerChainSize = 8 * 1024;

/// One item as its publisher serves it. `issuer_chain` (PEM): signer and root of TCB info and QE identity; CA and root
/// of a PCK CRL; the root alone of a root's CRL. Trust comes from the pinned root key, never from the item.
struct CollateralItem {
  CollateralKind kind{};
  scale::BoundedBytes<kMaxCollateralSize> body;
  scale::BoundedBytes<kMaxIssuerChainSize> issuer_chain;
  SUBSTRATEE_FIELDS(CollateralItem, kind, body, issuer_chain)
  friend bool operator==(const CollateralItem&, const CollateralItem&) = default;
};

/// What decides which of two items of one id is newer: the evaluation number, then the issue date, then the CRL number.
struct CollateralVersion {
  std::uint32_t evaluation_number{};  ///< tcbEvaluationDataNumber; 0 for CRLs
  UnixSeconds issued{};               ///< issueDate, thisUpdate
  FixedBytes<20> crl_number;          ///< big-endian; zero for JSON items
  SUBSTRATEE_FIELDS(CollateralVersion, evaluation_number, issued, crl_number)
  friend bool operator==(const CollateralVersion&, const CollateralVersion&) = default;
  friend auto operator<=>(const CollateralVersion&, const CollateralVersion&) = default;
};

struct VerifiedCollateral {
  CollateralId id;
  CollateralVersion version;
  UnixSeconds expires{};  ///< nextUpdate, or the end of a certificate that it rests on, whichever is earlier
  friend bool operator==(const VerifiedCollateral&, const VerifiedCollateral&) = default;
};

struct TrustAnchors;

/// The item's own signature, its issuer chain up to one of `anchors` at `now`, and its dates. Signers are checked
/// against the root's CRL when `root_crl` is given (it is verified, too); kExpired, kNotYetValid by the dates.
[[nodiscard]] Result<VerifiedCollateral> verify_collateral(const CollateralItem& item, const TrustAnchors& anchors,
                                                           const CollateralItem* root_crl, UnixSeconds now);

/// What an item is about, read before anything in it is verified: enough to store it under, never to believe it.
[[nodiscard]] Result<CollateralId> read_collateral_id(const CollateralItem& item);

/// What a verification of this evidence rests on.
struct CollateralNeed {
  CollateralId id;
  /// Simulated evidence is judged without collateral, unless its root publishes some: then like hardware.
  bool optional{};
  friend bool operator==(const CollateralNeed&, const CollateralNeed&) = default;
};
/// Read from the evidence before anything in it is verified: enough to look collateral up, never to accept. In a fixed
/// order; empty for kIas.
[[nodiscard]] Result<std::vector<CollateralNeed>> collateral_needs(const Evidence& evidence);

/// Collateral at hand, by id.
using CollateralSet = std::vector<std::pair<CollateralId, CollateralItem>>;

}  // namespace substratee::attestation
