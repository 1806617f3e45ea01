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

Verdict check_policy(const VerifiedEvidence& evidence, const Policy& policy, UnixSeconds now) {
  if (policy.require_hardware && !evidence.hardware) return std::unexpected(Refusal::kHardwareRequired);
  if (!evidence.hardware && !lists(policy.simulation_roots.value, evidence.root)) {
    return std::unexpected(Refusal::kUnknownRoot);
  }
  if (evidence.tcb_status == TcbStatus::kRevoked || !lists(policy.allowed_statuses.value, evidence.tcb_status)) {
    return std::unexpected(Refusal::kStatusNotAllowed);
  }
  if (evidence.debug) return std::unexpected(Refusal::kDebug);
  if (now > evidence.valid_until) return std::unexpected(Refusal::kExpired);
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
    case Refusal::kHardwareRequired: return "the policy requires hardware, the evidence is simulated";
    case Refusal::kUnknownRoot: return "the policy does not name this simulation root";
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
  }
  return "unknown refusal";
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
