#pragma once

/// Verified evidence against policy and expectation: a pure decision, each refusal with its own code.

#include "core/attestation/policy/policy.hpp"

namespace substratee::attestation {

/// Evidence may name a block at most this far behind the head.
inline constexpr primitives::BlockNumber kFreshnessBlocks = 64;

enum class Refusal : std::uint8_t {
  kKindNotAllowed,         ///< this kind of evidence is not in the policy's list: simulated where hardware is wanted
  kUnknownRoot,            ///< a simulation root that the policy does not name
  kStatusNotAllowed,       ///< the TCB status is not in the policy's list
  kDebug,                  ///< a debug enclave: its memory is open
  kExpired,                ///< the verdict no longer holds
  kWrongMeasurement,       ///< not one of the allowed programs
  kWrongPurpose,           ///< evidence made for something else
  kWrongGenesis,           ///< evidence made for another chain
  kKeyMismatch,            ///< pubkey-hash is not of the key in use
  kAccountMismatch,        ///< another account
  kEncryptionKeyMismatch,  ///< another encryption key than registered
  kInstanceMismatch,       ///< another process than registered
  kPlatformMismatch,       ///< another platform than registered
  kBlockAhead,             ///< names a block above the head
  kStale,                  ///< names a block too far behind the head
  kUnknownBlock,           ///< names a block that is not on this chain
  kAdvisory,               ///< an advisory applies that is not in the policy's list
  kEvaluationNumber,       ///< judged by collateral older than the policy demands, or by none
  kPlatformDenied,         ///< the policy names this very platform
  kFmspcDenied,            ///< the policy names this type of platform
};
constexpr Refusal scale_last(Refusal) { return Refusal::kFmspcDenied; }
[[nodiscard]] std::string_view to_string(Refusal refusal) noexcept;
/// Its name for programs: "StatusNotAllowed".
[[nodiscard]] std::string_view to_code(Refusal refusal) noexcept;

/// What the verifier knows and demands. The optional ones are compared when given.
struct Expectation {
  Purpose purpose{};
  Hash256 genesis_hash;
  Hash256 pubkey_hash;  ///< of the key in use: the signing key's, or the TLS certificate's
  std::optional<primitives::AccountId> account;
  std::optional<FixedBytes<32>> encryption_key;
  std::optional<Instance> instance;
  std::optional<PlatformId> platform_id;
  primitives::BlockNumber head{};
  /// The verifier's own hash of block `claims.block_number`; nothing when it does not know that block.
  std::optional<primitives::BlockHash> named_block;
  primitives::BlockNumber freshness = kFreshnessBlocks;
  UnixSeconds now{};
};

/// The policy alone: kind, root, status, debug, advisories, evaluation number, denials, then the time. Whoever made the
/// evidence, for whatever purpose; what a registration has to satisfy as long as it lasts.
[[nodiscard]] std::expected<void, Refusal> check_policy(const AuthenticEvidence& evidence, const Policy& policy,
                                                        UnixSeconds now);

/// check_policy, the program, then who made the evidence, for what and when.
[[nodiscard]] std::expected<void, Refusal> appraise(const VerifiedEvidence& evidence, const Policy& policy,
                                                    std::span<const Measurement> allowed_measurements,
                                                    const Expectation& expectation);

}  // namespace substratee::attestation
