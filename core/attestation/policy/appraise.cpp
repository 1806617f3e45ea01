#include "core/attestation/policy/appraise.hpp"

namespace substratee::attestation {
namespace {

using Verdict = std::expected<void, Refusal>;

template <class List, class T>
bool lists(const List& list, const T& value) {
  return std::ranges::find(list, value) != std::ranges::end(list);
}

/// Equal, or nothing expected.
template <class T>
bool fits(const std::optional<T>& expected, const T& value) {
  return !expected || *expected == value;
}

/// Collateral with an evaluation number exists for these kinds (for simulated ones, if their root publishes any).
bool has_evaluation_number(Kind kind) { return kind != Kind::kSevSnp && kind != Kind::kIas; }

Verdict check_status(const AuthenticEvidence& evidence, const Policy& policy) {
  if (evidence.tcb_status == TcbStatus::kRevoked || !lists(policy.allowed_statuses.value, evidence.tcb_status)) {
    return std::unexpected(Refusal::kStatusNotAllowed);
  }
  if (evidence.debug) return std::unexpected(Refusal::kDebug);
  if (!policy.allowed_advisories) return {};
  for (const auto& advisory : evidence.advisories) {
    if (!lists(policy.allowed_advisories->value, scale::BoundedText<32>{advisory})) {
      return std::unexpected(Refusal::kAdvisory);
    }
  }
  return {};
}

Verdict check_platform(const AuthenticEvidence& evidence, const Policy& policy) {
  if (has_evaluation_number(evidence.kind) && evidence.evaluation_number < policy.minimum_evaluation_number) {
    return std::unexpected(Refusal::kEvaluationNumber);
  }
  if (lists(policy.denied_platforms.value, evidence.platform_id)) return std::unexpected(Refusal::kPlatformDenied);
  if (evidence.fmspc && lists(policy.denied_fmspcs.value, *evidence.fmspc)) {
    return std::unexpected(Refusal::kFmspcDenied);
  }
  return {};
}

Verdict check_identity(const VerifiedEvidence& evidence, const Expectation& expectation) {
  const auto& claims = evidence.claims;
  if (claims.purpose != expectation.purpose) return std::unexpected(Refusal::kWrongPurpose);
  if (claims.genesis_hash != expectation.genesis_hash) return std::unexpected(Refusal::kWrongGenesis);
  if (evidence.pubkey_hash != expectation.pubkey_hash) return std::unexpected(Refusal::kKeyMismatch);
  if (!fits(expectation.account, claims.account)) return std::unexpected(Refusal::kAccountMismatch);
  if (!fits(expectation.encryption_key, claims.encryption_key)) {
    return std::unexpected(Refusal::kEncryptionKeyMismatch);
  }
  if (!fits(expectation.instance, claims.instance)) return std::unexpected(Refusal::kInstanceMismatch);
  if (!fits(expectation.platform_id, evidence.platform_id)) return std::unexpected(Refusal::kPlatformMismatch);
  return {};
}

Verdict check_freshness(const SubstrateeClaims& claims, const Expectation& expectation) {
  if (claims.block_number > expectation.head) return std::unexpected(Refusal::kBlockAhead);
  if (expectation.head - claims.block_number > expectation.freshness) return std::unexpected(Refusal::kStale);
  if (expectation.named_block != claims.block_hash) return std::unexpected(Refusal::kUnknownBlock);
  return {};
}

}  // namespace

std::string_view to_string(Refusal refusal) noexcept {
  switch (refusal) {
    case Refusal::kKindNotAllowed: return "the policy does not allow this kind of evidence";
    case Refusal::kUnknownRoot: return "the policy does not name this root";
    case Refusal::kStatusNotAllowed: return "the policy does not allow this TCB status";
    case Refusal::kDebug: return "the enclave runs in debug mode";
    case Refusal::kExpired: return "the evidence has expired";
    case Refusal::kWrongMeasurement: return "the measurement is not allowed";
    case Refusal::kWrongPurpose: return "the evidence was made for another purpose";
    case Refusal::kWrongGenesis: return "the evidence was made for another chain";
    case Refusal::kKeyMismatch: return "the evidence was made for another key";
    case Refusal::kAccountMismatch: return "the evidence was made for another account";
    case Refusal::kEncryptionKeyMismatch: return "the evidence names another encryption key";
    case Refusal::kInstanceMismatch: return "the evidence names another instance of the enclave";
    case Refusal::kPlatformMismatch: return "the evidence is of another platform";
    case Refusal::kBlockAhead: return "the evidence names a block above the head";
    case Refusal::kStale: return "the evidence names a block too far behind the head";
    case Refusal::kUnknownBlock: return "the evidence names a block that is not on this chain";
    case Refusal::kAdvisory: return "an advisory applies that the policy does not allow";
    case Refusal::kEvaluationNumber: return "judged by collateral older than the policy demands";
    case Refusal::kPlatformDenied: return "the policy denies this platform";
    case Refusal::kFmspcDenied: return "the policy denies this type of platform";
  }
  return "unknown refusal";
}

std::string_view to_code(Refusal refusal) noexcept {
  switch (refusal) {
    case Refusal::kKindNotAllowed: return "KindNotAllowed";
    case Refusal::kUnknownRoot: return "UnknownRoot";
    case Refusal::kStatusNotAllowed: return "StatusNotAllowed";
    case Refusal::kDebug: return "Debug";
    case Refusal::kExpired: return "Expired";
    case Refusal::kWrongMeasurement: return "WrongMeasurement";
    case Refusal::kWrongPurpose: return "WrongPurpose";
    case Refusal::kWrongGenesis: return "WrongGenesis";
    case Refusal::kKeyMismatch: return "KeyMismatch";
    case Refusal::kAccountMismatch: return "AccountMismatch";
    case Refusal::kEncryptionKeyMismatch: return "EncryptionKeyMismatch";
    case Refusal::kInstanceMismatch: return "InstanceMismatch";
    case Refusal::kPlatformMismatch: return "PlatformMismatch";
    case Refusal::kBlockAhead: return "BlockAhead";
    case Refusal::kStale: return "Stale";
    case Refusal::kUnknownBlock: return "UnknownBlock";
    case Refusal::kAdvisory: return "Advisory";
    case Refusal::kEvaluationNumber: return "EvaluationNumber";
    case Refusal::kPlatformDenied: return "PlatformDenied";
    case Refusal::kFmspcDenied: return "FmspcDenied";
  }
  return "Unknown";
}

std::expected<void, Refusal> check_policy(const AuthenticEvidence& evidence, const Policy& policy, UnixSeconds now) {
  if (!lists(policy.allowed_kinds.value, evidence.kind)) return std::unexpected(Refusal::kKindNotAllowed);
  const bool is_simulated = evidence.kind == Kind::kSimulated || !evidence.hardware;
  if (is_simulated && !lists(policy.simulation_roots.value, evidence.root)) {
    return std::unexpected(Refusal::kUnknownRoot);
  }
  if (evidence.kind == Kind::kIas && !lists(policy.ias_roots.value, evidence.root)) {
    return std::unexpected(Refusal::kUnknownRoot);
  }
  SUBSTRATEE_TRY(check_status(evidence, policy));
  SUBSTRATEE_TRY(check_platform(evidence, policy));
  if (now > evidence.valid_until) return std::unexpected(Refusal::kExpired);
  return {};
}

std::expected<void, Refusal> appraise(const VerifiedEvidence& evidence, const Policy& policy,
                                      std::span<const Measurement> allowed_measurements,
                                      const Expectation& expectation) {
  SUBSTRATEE_TRY(check_policy(evidence, policy, expectation.now));
  if (!lists(allowed_measurements, evidence.measurement)) return std::unexpected(Refusal::kWrongMeasurement);
  SUBSTRATEE_TRY(check_identity(evidence, expectation));
  return check_freshness(evidence.claims, expectation);
}

}  // namespace substratee::attestation
