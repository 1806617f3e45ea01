#pragma once

/// Verification of a quote with its collateral, step by step as Intel's QuoteVerifier does it. The order of the steps,
/// which decides the error when several things are wrong, stands in docs/attestation.md.

#include "core/attestation/dcap/collateral.hpp"
#include "core/attestation/dcap/pck_chain.hpp"

namespace substratee::attestation::dcap {

/// Where opened collateral comes from.
class CollateralSource {
 public:
  CollateralSource() = default;
  CollateralSource(const CollateralSource&) = delete;
  CollateralSource& operator=(const CollateralSource&) = delete;
  virtual ~CollateralSource() = default;
  /// nullptr when there is none; an error when there is one that cannot be opened. Lives as long as the source.
  [[nodiscard]] virtual Result<const OpenedCollateral*> find(const CollateralId& id) = 0;
};

/// What the verification of a quote rests on, and when.
struct Circumstances {
  bool hardware{};  ///< collateral must be there, certificates have Intel's names
  const TrustAnchors& anchors;
  UnixSeconds now{};
  UnixSeconds collateral_grace{};
};

/// What signatures and collateral say about a quote.
struct Verdict {
  Hash256 root;
  PckExtension pck;
  UnixSeconds valid_until{};
  bool collateral_expired{};
  std::uint32_t evaluation_number{};         ///< the lower one of TCB info and QE identity; 0 without
  std::optional<TcbStatus> platform_status;  ///< these are missing without TCB info, QE identity
  std::optional<TcbStatus> qe_status;
  std::optional<TcbStatus> module_status;  ///< TDX modules of major version 1 and up
  std::optional<TcbStatus> converged;      ///< of those that are there
  std::optional<UnixSeconds> tcb_date;     ///< of the platform's level
  std::vector<std::string> advisories;
};

[[nodiscard]] Result<Verdict> judge(const Quote& quote, const Circumstances& circumstances, CollateralSource& source,
                                    x509::KnownCertificates& known);

/// The items that a quote rests on, in the order TCB info, QE identity, list of the CA, list of the root.
[[nodiscard]] std::array<CollateralId, 4> needs_of(const PckChain& chain, bool tdx, CollateralKind crl_kind) noexcept;

/// A level and something out of date or revoked beside it: the platform's with the module's, both with the QE's.
[[nodiscard]] TcbStatus converge(TcbStatus level, TcbStatus other) noexcept;

}  // namespace substratee::attestation::dcap
