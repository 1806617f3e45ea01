#pragma once

/// Calls of this chain that programs compose: pallet and call index, then the arguments, as on the wire.

#include "core/attestation/policy/policy.hpp"
#include "core/registry/types.hpp"

namespace substratee::registry {

/// Pallet indices of the runtime.
inline constexpr std::uint8_t kSystemIndex = 0;
inline constexpr std::uint8_t kTimestampIndex = 1;
inline constexpr std::uint8_t kBalancesIndex = 2;
inline constexpr std::uint8_t kSudoIndex = 3;
inline constexpr std::uint8_t kTransactionPaymentIndex = 4;
inline constexpr std::uint8_t kUtilityIndex = 5;
inline constexpr std::uint8_t kRegistryIndex = 10;

struct RegisterEnclave {
  static constexpr std::uint8_t kScaleIndex = 0;
  static constexpr std::string_view kName = "register_enclave";
  static constexpr std::string_view kDocs =
      "Registers the sending enclave with its evidence, or renews its registration.";
  ShardId shard;
  attestation::Evidence evidence;
  Url worker_url;
  Url provisioning_url;
  SUBSTRATEE_FIELDS(RegisterEnclave, shard, evidence, worker_url, provisioning_url)
  friend bool operator==(const RegisterEnclave&, const RegisterEnclave&) = default;
};
struct UnregisterEnclave {
  static constexpr std::uint8_t kScaleIndex = 1;
  static constexpr std::string_view kName = "unregister_enclave";
  static constexpr std::string_view kDocs = "Takes the sending enclave out of the registry and out of its shards.";
  SUBSTRATEE_FIELDS(UnregisterEnclave)
  friend bool operator==(const UnregisterEnclave&, const UnregisterEnclave&) = default;
};
struct FoundShard {
  static constexpr std::uint8_t kScaleIndex = 2;
  static constexpr std::string_view kName = "found_shard";
  static constexpr std::string_view kDocs =
      "The first Joining member to call it founds the shard with the key that clients seal calls to.";
  ShardId shard;
  Instance instance;
  ShieldingKey shielding_key;
  SUBSTRATEE_FIELDS(FoundShard, shard, instance, shielding_key)
  friend bool operator==(const FoundShard&, const FoundShard&) = default;
};
struct CallWorker {
  static constexpr std::uint8_t kScaleIndex = 3;
  static constexpr std::string_view kName = "call_worker";
  static constexpr std::string_view kDocs =
      "Forwards a sealed call to the shard. At the top level of a signed extrinsic only.";
  ShardId shard;
  SealedCall sealed_call;
  SUBSTRATEE_FIELDS(CallWorker, shard, sealed_call)
  friend bool operator==(const CallWorker&, const CallWorker&) = default;
};
struct ConfirmBlock {
  static constexpr std::uint8_t kScaleIndex = 4;
  static constexpr std::string_view kName = "confirm_block";
  static constexpr std::string_view kDocs = "A member's result of one block: the root of its receipts and its state.";
  ShardId shard;
  Instance instance;
  BlockNumber block_number = 0;
  BlockHash block_hash;
  Hash256 receipts_root;
  StateCid state_cid;
  SUBSTRATEE_FIELDS(ConfirmBlock, shard, instance, block_number, block_hash, receipts_root, state_cid)
  friend bool operator==(const ConfirmBlock&, const ConfirmBlock&) = default;
};
struct RecordKeyRelease {
  static constexpr std::uint8_t kScaleIndex = 5;
  static constexpr std::string_view kName = "record_key_release";
  static constexpr std::string_view kDocs =
      "An Active member says to whom it gives the secrets of an epoch, before it does.";
  ShardId shard;
  Instance instance;
  Epoch epoch = 0;
  AccountId to;
  Instance to_instance;
  Hash256 session;
  SUBSTRATEE_FIELDS(RecordKeyRelease, shard, instance, epoch, to, to_instance, session)
  friend bool operator==(const RecordKeyRelease&, const RecordKeyRelease&) = default;
};
struct AllowMeasurement {
  static constexpr std::uint8_t kScaleIndex = 6;
  static constexpr std::string_view kName = "allow_measurement";
  static constexpr std::string_view kDocs = "Root: enclaves of this measurement may register.";
  Measurement measurement;
  SUBSTRATEE_FIELDS(AllowMeasurement, measurement)
  friend bool operator==(const AllowMeasurement&, const AllowMeasurement&) = default;
};
struct RemoveMeasurement {
  static constexpr std::uint8_t kScaleIndex = 7;
  static constexpr std::string_view kName = "remove_measurement";
  static constexpr std::string_view kDocs =
      "Root: enclaves of this measurement may no longer register; its members expire in the same block.";
  Measurement measurement;
  SUBSTRATEE_FIELDS(RemoveMeasurement, measurement)
  friend bool operator==(const RemoveMeasurement&, const RemoveMeasurement&) = default;
};
struct Quarantine {
  static constexpr std::uint8_t kScaleIndex = 8;
  static constexpr std::string_view kName = "quarantine";
  static constexpr std::string_view kDocs = "Root: bans the member and its platform.";
  ShardId shard;
  AccountId account;
  SUBSTRATEE_FIELDS(Quarantine, shard, account)
  friend bool operator==(const Quarantine&, const Quarantine&) = default;
};

struct RegisterCollateral {
  static constexpr std::uint8_t kScaleIndex = 9;
  static constexpr std::string_view kName = "register_collateral";
  static constexpr std::string_view kDocs =
      "What a maker of platforms published, brought by anybody. Older than what stands there is refused.";
  attestation::CollateralItem item;
  SUBSTRATEE_FIELDS(RegisterCollateral, item)
  friend bool operator==(const RegisterCollateral&, const RegisterCollateral&) = default;
};
struct SetPolicy {
  static constexpr std::uint8_t kScaleIndex = 10;
  static constexpr std::string_view kName = "set_policy";
  static constexpr std::string_view kDocs =
      "Root: which evidence the chain accepts; members that it no longer accepts expire in the same block.";
  attestation::Policy policy;
  SUBSTRATEE_FIELDS(SetPolicy, policy)
  friend bool operator==(const SetPolicy&, const SetPolicy&) = default;
};

using RegistryCall =
    std::variant<RegisterEnclave, UnregisterEnclave, FoundShard, CallWorker, ConfirmBlock, RecordKeyRelease,
                 AllowMeasurement, RemoveMeasurement, Quarantine, RegisterCollateral, SetPolicy>;

/// Pallet index ‖ SCALE(call).
[[nodiscard]] Bytes encode_call(const RegistryCall& call);

/// Balances.transfer_keep_alive(dest, value).
[[nodiscard]] Bytes encode_transfer(const AccountId& to, primitives::Balance amount);

/// What the pallet answers, in the order of its error list (the first byte of a module error).
enum class Error : std::uint8_t {
  kEvidenceTooLarge,
  kUrlInvalid,
  kEvidenceRefused,
  kAccountMismatch,
  kStaleEvidence,
  kWrongMeasurement,
  kPolicyRefused,
  kTooManyRegistrations,
  kTooManyMembers,
  kNotRegistered,
  kWrongInstance,
  kUnknownShard,
  kNoKey,
  kAlreadyFounded,
  kNotTopLevel,
  kBacklog,
  kSealedCallTooLarge,
  kUnknownBlock,
  kWrongBlockHash,
  kAlreadyConfirmed,
  kNotAMember,
  kQuarantined,
  kExpired,
  kNotActive,
  kUnknownEpoch,
  kReleaseRefused,
  kAlreadyExists,
  kUnknownMeasurement,
  kOutOfOrder,
  kTooManyMeasurements,
  kMissingCollateral,
  kCollateralRefused,
  kOlderCollateral,
  kSameCollateral,
  kTooManyCollateral,
};
constexpr Error scale_last(Error) { return Error::kTooManyCollateral; }
/// The name in metadata ("WrongInstance").
[[nodiscard]] std::string_view to_string(Error error) noexcept;

}  // namespace substratee::registry
