#pragma once

/// Pallet SubstrateeRegistry: registry of enclaves, message bus and judge of their results.
/// Value types, calls, errors and journal entries: core/registry. Specification: docs/protocol.md, "Registry".

#include "core/attestation/policy/policy.hpp"
#include "core/registry/storage.hpp"
#include "node/runtime/frame/context.hpp"
#include "node/runtime/frame/storage.hpp"
#include "node/runtime/pallets/substratee_registry/events.hpp"

namespace substratee::node::runtime::substratee_registry {

inline constexpr std::string_view kName = registry::kPalletName;
inline constexpr std::uint8_t kIndex = registry::kRegistryIndex;

/// Evidence and collateral are costly to verify: attempts per block, for newcomers and, apart, for renewals; collateral
/// likewise. Strangers cannot use up what members need (docs/decisions/registration-budgets.md).
inline constexpr unsigned kMaxVerificationsPerBlock = 4;
/// A registration lasts at most this long, less if its evidence does.
inline constexpr std::uint64_t kRegistrationMilliseconds = 24ull * 60 * 60 * 1000;
/// Confirmations are kept this many blocks after their block was agreed.
inline constexpr BlockNumber kConfirmationsKept = 256;

using registry::kIdHasher;
using registry::kNumberHasher;
using Measurements = scale::Bounded<std::vector<registry::Measurement>, registry::kMaxMeasurements>;

inline constexpr StorageValue<std::uint64_t> kEnclaveCount{kName, "EnclaveCount"};
inline constexpr StorageMap<std::uint64_t, registry::Enclave> kEnclaveRegistry{kName, "EnclaveRegistry", kNumberHasher};
inline constexpr StorageMap<AccountId, std::uint64_t> kEnclaveIndex{kName, "EnclaveIndex", kIdHasher};
inline constexpr StorageMap<ShardId, registry::Shard> kShards{kName, "Shards", kIdHasher};
inline constexpr StorageDoubleMap<ShardId, AccountId, registry::Member> kMembers{kName, "Members", kIdHasher,
                                                                                 kIdHasher};
inline constexpr StorageDoubleMap<ShardId, BlockNumber, BlockHash> kPending{kName, "Pending", kIdHasher, kNumberHasher};
inline constexpr StorageDoubleMap<ShardId, BlockNumber, registry::BlockConfirmations> kConfirmations{
    kName, "Confirmations", kIdHasher, kNumberHasher};
inline constexpr StorageDoubleMap<ShardId, Hash256, registry::KeyRelease> kKeyReleases{kName, "KeyReleases", kIdHasher,
                                                                                       kIdHasher};
inline constexpr StorageValue<attestation::Policy> kPolicy{kName, "Policy"};
/// The newest of each id; nothing is ever taken away, since what is old tells when it ended.
inline constexpr StorageMap<attestation::CollateralId, registry::Collateral> kCollateral{kName, "Collateral",
                                                                                         kIdHasher};
/// Seconds: the newest issue date among all collateral that was accepted.
inline constexpr StorageValue<attestation::UnixSeconds> kNewestIssue{kName, "NewestIssue"};
/// What each registered enclave showed last: to appraise it anew, and for auditors.
inline constexpr StorageMap<AccountId, attestation::Evidence> kEnclaveEvidence{kName, "EnclaveEvidence", kIdHasher};
inline constexpr StorageValue<Measurements> kAllowedMeasurements{kName, "AllowedMeasurements"};
inline constexpr StorageMap<registry::PlatformId, Unit> kQuarantinedPlatforms{kName, "QuarantinedPlatforms", kIdHasher};
/// Where an account was registered before it left, or before it moved: leaving is no way out of the platform's ban.
/// Gone when the account registers from there again.
inline constexpr StorageMap<AccountId, registry::PlatformId> kDepartedPlatforms{kName, "DepartedPlatforms", kIdHasher};
inline constexpr StorageValue<registry::Engine> kEngine{kName, "Engine", Modifier::kOptional};
/// The numbers under Pending, ascending: hashed keys have no order.
inline constexpr StorageMap<ShardId, std::vector<BlockNumber>> kPendingBlocks{kName, "PendingBlocks", kIdHasher,
                                                                              Modifier::kDefault};
/// The block over which a disputed shard's members differ.
inline constexpr StorageMap<ShardId, BlockNumber> kDisputes{kName, "Disputes", kIdHasher};
/// Shards for which the newest block has work; its hash is known one block later.
inline constexpr StorageValue<std::vector<ShardId>> kBlockWork{kName, "BlockWork"};
/// Block → confirmations to forget then.
inline constexpr StorageMap<BlockNumber, std::vector<std::pair<ShardId, BlockNumber>>> kForgetAt{
    kName, "ForgetAt", kNumberHasher, Modifier::kDefault};

[[nodiscard]] constexpr auto storage() {
  return std::tuple{kEnclaveCount,
                    kEnclaveRegistry,
                    kEnclaveIndex,
                    kShards,
                    kMembers,
                    kPending,
                    kConfirmations,
                    kKeyReleases,
                    kPolicy,
                    kCollateral,
                    kNewestIssue,
                    kEnclaveEvidence,
                    kAllowedMeasurements,
                    kQuarantinedPlatforms,
                    kDepartedPlatforms,
                    kEngine,
                    kPendingBlocks,
                    kDisputes,
                    kBlockWork,
                    kForgetAt};
}

/// In the order of RegistryCall.
inline constexpr auto kCallNames = std::to_array<std::string_view>(
    {"register_enclave", "unregister_enclave", "found_shard", "call_worker", "confirm_block", "record_key_release",
     "allow_measurement", "remove_measurement", "quarantine", "register_collateral", "set_policy"});
static_assert(kCallNames.size() == std::variant_size_v<registry::RegistryCall>);

[[nodiscard]] DispatchResult<> dispatch(Context& context, const Origin& origin, const registry::RegistryCall& call);

/// At a block's start: the previous block's hash is known now, old confirmations go.
void start_block(Context& context, const BlockHash& parent_hash);
/// When the block's time is known: expiry, silence, counting.
void pass_time(Context& context);
/// At its end: notes for which shards it has work.
void finish_block(Context& context);

}  // namespace substratee::node::runtime::substratee_registry
