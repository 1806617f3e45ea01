#pragma once

/// Pallet SubstrateeRegistry: registry of enclaves, message bus and judge of their results.
/// Value types, calls, errors and journal entries: core/registry. Specification: docs/protocol.md, "Registry".

#include "core/attestation/policy/policy.hpp"
#include "core/registry/calls.hpp"
#include "core/registry/storage.hpp"
#include "node/runtime/frame/context.hpp"
#include "node/runtime/frame/storage.hpp"
#include "node/runtime/frame/weight.hpp"
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

inline constexpr StorageValue<std::uint64_t> kEnclaveCount{kName, "EnclaveCount", "Registered enclaves."};
inline constexpr StorageMap<std::uint64_t, registry::Enclave> kEnclaveRegistry{kName, "EnclaveRegistry", kNumberHasher,
                                                                               "The registered enclaves, from 1."};
inline constexpr StorageMap<AccountId, std::uint64_t> kEnclaveIndex{
    kName,
    "EnclaveIndex",
    kIdHasher,
    "Where an enclave's account stands in EnclaveRegistry.",
    Modifier::kOptional,
    Meaning::kAccount};
inline constexpr StorageMap<ShardId, registry::Shard> kShards{kName, "Shards", kIdHasher,
                                                              "The shards, each with its charter."};
inline constexpr StorageDoubleMap<ShardId, AccountId, registry::Member> kMembers{
    kName,          "Members",        kIdHasher, kIdHasher, "Who serves a shard.", Modifier::kOptional,
    Meaning::kHash, Meaning::kAccount};
inline constexpr StorageDoubleMap<ShardId, BlockNumber, BlockHash> kPending{
    kName, "Pending", kIdHasher, kNumberHasher, "Blocks with work for the shard that is not agreed yet."};
inline constexpr StorageDoubleMap<ShardId, BlockNumber, registry::BlockConfirmations> kConfirmations{
    kName, "Confirmations", kIdHasher, kNumberHasher, "Who confirmed what of a block."};
inline constexpr StorageDoubleMap<ShardId, Hash256, registry::KeyRelease> kKeyReleases{
    kName, "KeyReleases", kIdHasher, kIdHasher, "Who gave which epoch's secrets to whom, by session."};
inline constexpr StorageValue<attestation::Policy> kPolicy{kName, "Policy", "Which evidence this chain accepts."};
inline constexpr StorageMap<attestation::CollateralId, registry::Collateral> kCollateral{
    kName, "Collateral", kIdHasher,
    "The newest collateral of each id. Nothing is ever taken away: what is old tells when it ended."};
inline constexpr StorageValue<attestation::UnixSeconds> kNewestIssue{
    kName, "NewestIssue", "Seconds: the newest issue date among all collateral that was accepted."};
inline constexpr StorageMap<AccountId, attestation::Evidence> kEnclaveEvidence{
    kName,
    "EnclaveEvidence",
    kIdHasher,
    "What each registered enclave showed last: to appraise it anew, and for auditors.",
    Modifier::kOptional,
    Meaning::kAccount};
inline constexpr StorageValue<Measurements> kAllowedMeasurements{kName, "AllowedMeasurements",
                                                                 "Which enclaves may register."};
inline constexpr StorageMap<registry::PlatformId, Unit> kQuarantinedPlatforms{
    kName, "QuarantinedPlatforms", kIdHasher, "Platforms on which nothing may register any more."};
inline constexpr StorageMap<AccountId, registry::PlatformId> kDepartedPlatforms{
    kName,
    "DepartedPlatforms",
    kIdHasher,
    "Where an account was registered before it left or moved: leaving is no way out of the platform's ban.\nGone when "
    "the account registers from there again.",
    Modifier::kOptional,
    Meaning::kAccount};
inline constexpr StorageValue<registry::Engine> kEngine{kName, "Engine", "Who makes and seals blocks.",
                                                        Modifier::kOptional};
inline constexpr StorageMap<ShardId, std::vector<BlockNumber>> kPendingBlocks{
    kName, "PendingBlocks", kIdHasher, "The numbers under Pending, ascending: hashed keys have no order.",
    Modifier::kDefault};
inline constexpr StorageMap<ShardId, BlockNumber> kDisputes{kName, "Disputes", kIdHasher,
                                                            "The block over which a disputed shard's members differ."};
inline constexpr StorageValue<std::vector<ShardId>> kBlockWork{
    kName, "BlockWork", "Shards for which the newest block has work; its hash is known one block later."};
inline constexpr StorageMap<BlockNumber, std::vector<std::pair<ShardId, BlockNumber>>> kForgetAt{
    kName, "ForgetAt", kNumberHasher, "Confirmations to forget in a block.", Modifier::kDefault};

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

struct Pallet {
  static constexpr std::string_view kName = substratee_registry::kName;
  static constexpr std::string_view kCrate = "pallet_substratee_registry";
  static constexpr std::uint8_t kIndex = substratee_registry::kIndex;
  static constexpr std::string_view kDocs = "Registry of enclaves, message bus to them, and judge of their results.";
  using Call = registry::RegistryCall;
  using Event = substratee_registry::Event;
  using Error = registry::Error;
  /// Why a call of the pallet failed, for clients.
  [[nodiscard]] static std::string_view docs_of(Error error);
  static constexpr auto storage() { return substratee_registry::storage(); }
  static constexpr auto constants() {
    return std::tuple{
        Constant{"MaxMembers", static_cast<std::uint32_t>(registry::kMaxMembers), "Members of one shard."},
        Constant{"MaxMeasurements", static_cast<std::uint32_t>(registry::kMaxMeasurements),
                 "Measurements that may be allowed at a time."},
        Constant{"MaxSealedCallSize", static_cast<std::uint32_t>(registry::kMaxSealedCallSize),
                 "Bytes of a sealed call on the wire."},
        Constant{"MaxPending", static_cast<std::uint32_t>(registry::kMaxPending),
                 "Blocks of one shard that may wait for agreement."},
        Constant{"RegistrationMilliseconds", kRegistrationMilliseconds, "How long a registration lasts at most."}};
  }
  [[nodiscard]] static DispatchResult<> dispatch(Context& context, const Origin& origin, const Call& call);
  [[nodiscard]] static RefTime weight_of(const Call& call);
};

/// At a block's start: the previous block's hash is known now, old confirmations go.
void start_block(Context& context, const BlockHash& parent_hash);
/// When the block's time is known: expiry, silence, counting.
void pass_time(Context& context);
/// At its end: notes for which shards it has work.
void finish_block(Context& context);

}  // namespace substratee::node::runtime::substratee_registry
