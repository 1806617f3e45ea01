#pragma once

/// Evidence → verified evidence: authenticates first, then parses the claims. The verdict says what is true, not
/// whether it is acceptable; that is policy/appraise.hpp.

#include "core/attestation/collateral.hpp"

#include <optional>
#include <string>
#include <vector>

namespace substratee::attestation {

/// SHA-256 of the SPKI of each trusted root. Hardware and simulation are separate lists, and evidence of one kind under
/// a root of another is refused.
struct TrustAnchors {
  std::vector<Hash256> intel_roots{};
  std::vector<Hash256> simulation_roots{};
  std::vector<Hash256> amd_roots{};  ///< ARKs
  std::vector<Hash256> ias_roots{};  ///< "Intel SGX Attestation Report Signing CA"; history only
  friend bool operator==(const TrustAnchors&, const TrustAnchors&) = default;
};

/// Which platform: the PPID of Intel (or simulated) ones; of AMD the first 16 bytes of
/// SHA-256("substratee/snp-platform/v1" ‖ chip id), of a VLEK without chip id of the CSP's id instead.
using PlatformId = FixedBytes<16>;

/// What the signatures on evidence prove, whoever it was made for.
struct AuthenticEvidence {
  Kind kind{};
  bool hardware{};         ///< false: simulated, whatever else is said
  TcbStatus tcb_status{};  ///< converged
  Hash256 root;            ///< SHA-256 of the SPKI of the root in force
  Measurement measurement;
  Hash256 signer;  ///< MRSIGNER; zero where a platform has no such thing
  PlatformId platform_id;
  bool debug{};
  ReportData report_data;
  UnixSeconds valid_until{};  ///< the last second at which the verdict holds

  std::optional<TcbStatus> platform_status{};  ///< of the level that the platform's certificate reaches
  std::optional<TcbStatus> qe_status{};
  std::optional<TcbStatus> module_status{};  ///< of the TDX module
  std::vector<std::string> advisories{};     ///< of platform, module and QE, in this order, none twice
  std::optional<Fmspc> fmspc{};
  std::uint32_t evaluation_number{};      ///< the lower one of TCB info and QE identity; 0 without collateral
  bool collateral_expired{};              ///< holds only because of VerifyOptions::collateral_grace
  std::optional<UnixSeconds> tcb_date{};  ///< when the platform's level was the newest
  friend bool operator==(const AuthenticEvidence&, const AuthenticEvidence&) = default;
};

/// Authentic evidence that carries our claims.
struct VerifiedEvidence : AuthenticEvidence {
  Hash256 pubkey_hash;
  SubstrateeClaims claims;
  friend bool operator==(const VerifiedEvidence&, const VerifiedEvidence&) = default;
};

struct VerifyOptions {
  UnixSeconds collateral_grace = 0;  ///< seconds added to the end of collateral, not of certificates
  bool allow_vlek = false;           ///< SNP reports signed with a cloud provider's key
  friend bool operator==(const VerifyOptions&, const VerifyOptions&) = default;
};

class CollateralStore;

/// Whatever a maker of platforms signed: authenticates, then states what is so. Foreign evidence is judged, too.
[[nodiscard]] Result<AuthenticEvidence> authenticate(Kind kind, ByteView body, const CollateralSet& collateral,
                                                     const TrustAnchors& anchors, UnixSeconds now,
                                                     const VerifyOptions& options = {});

/// The same with collateral that was opened before: what a service does that sees many quotes.
[[nodiscard]] Result<AuthenticEvidence> authenticate(Kind kind, ByteView body, const CollateralStore& collateral,
                                                     UnixSeconds now, const VerifyOptions& options = {});

/// authenticate, then report_data against the claims, then the claims. Needed collateral that is not in the set is
/// kMissingCollateral.
[[nodiscard]] Result<VerifiedEvidence> verify(const Evidence& evidence, const CollateralSet& collateral,
                                              const TrustAnchors& anchors, UnixSeconds now,
                                              const VerifyOptions& options = {});

}  // namespace substratee::attestation
