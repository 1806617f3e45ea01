#pragma once

/// Events of SubstrateeRegistry: for people and clients. Enclaves read the journal, never events.

#include "core/registry/types.hpp"
#include "node/runtime/pallets/substratee_registry/appraisal.hpp"

namespace substratee::node::runtime::substratee_registry {

using primitives::AccountId;
using primitives::BlockHash;
using primitives::BlockNumber;
using registry::ShardId;

/// What a registration rests on, for all to see.
struct AddedEnclave {
  static constexpr std::uint8_t kScaleIndex = 0;
  static constexpr std::string_view kName = "AddedEnclave";
  AccountId account;
  ShardId shard;
  attestation::Kind kind{};
  bool hardware = false;
  attestation::TcbStatus tcb_status{};
  registry::Measurement measurement;
  registry::Url worker_url;
  SUBSTRATEE_FIELDS(AddedEnclave, account, shard, kind, hardware, tcb_status, measurement, worker_url)
};
struct UpdatedEnclave {
  static constexpr std::uint8_t kScaleIndex = 1;
  static constexpr std::string_view kName = "UpdatedEnclave";
  AccountId account;
  ShardId shard;
  attestation::Kind kind{};
  bool hardware = false;
  attestation::TcbStatus tcb_status{};
  registry::Measurement measurement;
  registry::Url worker_url;
  SUBSTRATEE_FIELDS(UpdatedEnclave, account, shard, kind, hardware, tcb_status, measurement, worker_url)
};
struct RemovedEnclave {
  static constexpr std::uint8_t kScaleIndex = 2;
  static constexpr std::string_view kName = "RemovedEnclave";
  AccountId account;
  SUBSTRATEE_FIELDS(RemovedEnclave, account)
};
struct ShardFounded {
  static constexpr std::uint8_t kScaleIndex = 3;
  static constexpr std::string_view kName = "ShardFounded";
  ShardId shard;
  registry::Epoch epoch = 0;
  AccountId founder;
  registry::ShieldingKey shielding_key;
  SUBSTRATEE_FIELDS(ShardFounded, shard, epoch, founder, shielding_key)
};
struct FoundingReopened {
  static constexpr std::uint8_t kScaleIndex = 4;
  static constexpr std::string_view kName = "FoundingReopened";
  ShardId shard;
  registry::Epoch epoch = 0;
  SUBSTRATEE_FIELDS(FoundingReopened, shard, epoch)
};
struct Forwarded {
  static constexpr std::uint8_t kScaleIndex = 5;
  static constexpr std::string_view kName = "Forwarded";
  AccountId sender;
  ShardId shard;
  Hash256 call_hash;
  SUBSTRATEE_FIELDS(Forwarded, sender, shard, call_hash)
};
struct BlockConfirmed {
  static constexpr std::uint8_t kScaleIndex = 6;
  static constexpr std::string_view kName = "BlockConfirmed";
  AccountId account;
  ShardId shard;
  BlockNumber number = 0;
  Hash256 receipts_root;
  registry::StateCid state_cid;
  SUBSTRATEE_FIELDS(BlockConfirmed, account, shard, number, receipts_root, state_cid)
};
struct StateAgreed {
  static constexpr std::uint8_t kScaleIndex = 7;
  static constexpr std::string_view kName = "StateAgreed";
  ShardId shard;
  BlockNumber number = 0;
  BlockHash block_hash;
  Hash256 receipts_root;
  registry::StateCid state_cid;
  std::uint32_t active = 0;
  std::vector<AccountId> confirmed_by;
  SUBSTRATEE_FIELDS(StateAgreed, shard, number, block_hash, receipts_root, state_cid, active, confirmed_by)
};
struct Disputed {
  static constexpr std::uint8_t kScaleIndex = 8;
  static constexpr std::string_view kName = "Disputed";
  ShardId shard;
  BlockNumber number = 0;
  SUBSTRATEE_FIELDS(Disputed, shard, number)
};
struct MemberDiverged {
  static constexpr std::uint8_t kScaleIndex = 9;
  static constexpr std::string_view kName = "Diverged";
  ShardId shard;
  BlockNumber number = 0;
  AccountId account;
  SUBSTRATEE_FIELDS(MemberDiverged, shard, number, account)
};
struct MemberChanged {
  static constexpr std::uint8_t kScaleIndex = 10;
  static constexpr std::string_view kName = "MemberChanged";
  ShardId shard;
  AccountId account;
  std::optional<registry::MemberStatus> status;
  SUBSTRATEE_FIELDS(MemberChanged, shard, account, status)
};
struct KeyReleased {
  static constexpr std::uint8_t kScaleIndex = 11;
  static constexpr std::string_view kName = "KeyReleased";
  ShardId shard;
  registry::Epoch epoch = 0;
  AccountId from;
  AccountId to;
  Hash256 session;
  SUBSTRATEE_FIELDS(KeyReleased, shard, epoch, from, to, session)
};
struct MeasurementAllowed {
  static constexpr std::uint8_t kScaleIndex = 12;
  static constexpr std::string_view kName = "MeasurementAllowed";
  registry::Measurement measurement;
  SUBSTRATEE_FIELDS(MeasurementAllowed, measurement)
};
struct MeasurementRemoved {
  static constexpr std::uint8_t kScaleIndex = 13;
  static constexpr std::string_view kName = "MeasurementRemoved";
  registry::Measurement measurement;
  SUBSTRATEE_FIELDS(MeasurementRemoved, measurement)
};

struct CollateralRegistered {
  static constexpr std::uint8_t kScaleIndex = 14;
  static constexpr std::string_view kName = "CollateralRegistered";
  attestation::CollateralId id;
  attestation::CollateralVersion version;
  attestation::UnixSeconds expires = 0;
  SUBSTRATEE_FIELDS(CollateralRegistered, id, version, expires)
};
struct PolicySet {
  static constexpr std::uint8_t kScaleIndex = 15;
  static constexpr std::string_view kName = "PolicySet";
  Hash256 policy_hash;  ///< blake2_256(SCALE(policy))
  SUBSTRATEE_FIELDS(PolicySet, policy_hash)
};
/// Newer collateral or another policy changed what a registration is worth.
struct EnclaveAppraised {
  static constexpr std::uint8_t kScaleIndex = 16;
  static constexpr std::string_view kName = "EnclaveAppraised";
  AccountId account;
  Standing standing{};
  attestation::TcbStatus tcb_status{};
  std::uint64_t valid_until = 0;
  SUBSTRATEE_FIELDS(EnclaveAppraised, account, standing, tcb_status, valid_until)
};

using Event = std::variant<AddedEnclave, UpdatedEnclave, RemovedEnclave, ShardFounded, FoundingReopened, Forwarded,
                           BlockConfirmed, StateAgreed, Disputed, MemberDiverged, MemberChanged, KeyReleased,
                           MeasurementAllowed, MeasurementRemoved, CollateralRegistered, PolicySet, EnclaveAppraised>;

}  // namespace substratee::node::runtime::substratee_registry
