#pragma once

/// Which authentic evidence a person accepts: `attestation verify --policy FILE`. Not the chain's policy
/// (core/attestation/policy), which stands on the chain and asks for claims, too.
///
/// The file is JSON: {"measurements": [hex…] | "any", "signers": […] | "any", "statuses": […] | "any",
/// "advisories": […] | "any"} and optional members "evidence" (["sgx", "tdx", "snp"] when absent; also "ias",
/// "simulated"), "minimum_evaluation_number", "collateral_grace" (seconds), "allow_debug", "allow_vlek",
/// "simulation_roots" ([hex…]; "development"). The four lists must be written; an empty one allows nothing, "any"
/// allows everything. Unknown members are refused. Revoked is never accepted.

#include "client/sdk/failure.hpp"
#include "core/attestation/verify.hpp"

namespace substratee::client::evidence {

/// One of the listed, or any.
template <class T>
struct Allowed {
  bool any = true;
  std::vector<T> listed;
  [[nodiscard]] bool allows(const T& value) const { return any || std::ranges::find(listed, value) != listed.end(); }
};

struct Acceptance {
  std::vector<attestation::Kind> kinds{attestation::Kind::kSgxDcap, attestation::Kind::kTdx,
                                       attestation::Kind::kSevSnp};
  Allowed<Bytes> measurements;  ///< the evidence's own, or the one of the registry
  Allowed<Bytes> signers;
  Allowed<attestation::TcbStatus> statuses;
  Allowed<std::string> advisories;  ///< all of the evidence's must be allowed
  std::uint32_t minimum_evaluation_number = 0;
  bool allow_debug = false;
  std::vector<Hash256> simulation_roots;
  attestation::VerifyOptions options{.collateral_grace = 0, .allow_vlek = true};

  /// The roots that count: Intel's and AMD's; IAS's and simulations' when they are named.
  [[nodiscard]] attestation::TrustAnchors anchors() const;
};

/// kUsage, saying which member is wrong.
[[nodiscard]] Result<Acceptance> parse_acceptance(ByteView json);
/// "UpToDate,SWHardeningNeeded"; kUsage for another word, and for Revoked.
[[nodiscard]] Result<std::vector<attestation::TcbStatus>> parse_statuses(std::string_view words);

/// What the evidence says of itself, besides the verdict of the verifier.
struct Identity {
  Bytes measurement;  ///< MRENCLAVE, MRTD, launch digest
  Bytes signer;       ///< MRSIGNER, MRSIGNERSEAM, id key digest
};

/// The reason why not, in one word: "KindNotAllowed", "Debug", "StatusNotAllowed", "MeasurementNotAllowed",
/// "SignerNotAllowed", "AdvisoryNotAllowed", "EvaluationNumberTooLow". The order is that of this list.
[[nodiscard]] std::optional<std::string_view> refuse(const Acceptance& acceptance, const Identity& identity,
                                                     const attestation::AuthenticEvidence& evidence);

}  // namespace substratee::client::evidence
