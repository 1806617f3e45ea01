#pragma once

/// Storage keys of SubstrateeRegistry and of what others read from System, Timestamp.

#include "core/primitives/storage_key.hpp"
#include "core/registry/types.hpp"

namespace substratee::registry {

inline constexpr std::string_view kPalletName = "SubstrateeRegistry";

namespace key {

[[nodiscard]] Bytes enclave_count();                                            ///< u64
[[nodiscard]] Bytes enclave(std::uint64_t index);                               ///< Enclave; indices from 1
[[nodiscard]] Bytes enclave_index(const AccountId& account);                    ///< u64
[[nodiscard]] Bytes shard(const ShardId& shard);                                ///< Shard
[[nodiscard]] Bytes member(const ShardId& shard, const AccountId& account);     ///< Member
[[nodiscard]] Bytes members(const ShardId& shard);                              ///< prefix of all members of the shard
[[nodiscard]] Bytes pending(const ShardId& shard, BlockNumber block);           ///< BlockHash
[[nodiscard]] Bytes confirmations(const ShardId& shard, BlockNumber block);     ///< BlockConfirmations
[[nodiscard]] Bytes key_release(const ShardId& shard, const Hash256& session);  ///< KeyRelease
[[nodiscard]] Bytes policy();                                                   ///< attestation::Policy
[[nodiscard]] Bytes collateral(const attestation::CollateralId& id);            ///< Collateral
[[nodiscard]] Bytes newest_issue();                                             ///< u64 seconds, of collateral
[[nodiscard]] Bytes enclave_evidence(const AccountId& account);                 ///< attestation::Evidence
[[nodiscard]] Bytes allowed_measurements();                      ///< Bounded<vector<Measurement>, kMaxMeasurements>
[[nodiscard]] Bytes quarantined_platform(const PlatformId& id);  ///< ()
[[nodiscard]] Bytes engine();                                    ///< Engine
[[nodiscard]] Bytes timestamp_now();                             ///< u64 milliseconds
[[nodiscard]] Bytes system_account(const AccountId& account);    ///< AccountInfo
[[nodiscard]] Bytes system_events();

}  // namespace key

/// Hashers, for the pallet's declaration: maps by number are Twox64Concat, all others Blake2_128Concat.
inline constexpr auto kNumberHasher = primitives::Hasher::kTwox64Concat;
inline constexpr auto kIdHasher = primitives::Hasher::kBlake2_128Concat;

}  // namespace substratee::registry
