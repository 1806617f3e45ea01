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
  static constexpr std::string_view kDocs = "An enclave registered; what its registration rests on.";
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
  static constexpr std::string_view kDocs = "An enclave registered again: renewed, restarted or moved.";
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
  static constexpr std::string_view kDocs = "An enclave left the registry.";
  AccountId account;
  SUBSTRATEE_FIELDS(RemovedEnclave, account)
};
struct ShardFounded {
  static constexpr std::uint8_t kScaleIndex = 3;
  static constexpr std::string_view kName = "ShardFounded";
  static constexpr std::string_view kDocs = "A shard has a key that calls are sealed to, and its first Active member.";
  ShardId shard;
  registry::Epoch epoch = 0;
  AccountId founder;
  registry::ShieldingKey shielding_key;
  SUBSTRATEE_FIELDS(ShardFounded, shard, epoch, founder, shielding_key)
};
struct FoundingReopened {
  static constexpr std::uint8_t kScaleIndex = 4;
  static constexpr std::string_view kName = "FoundingReopened";
  static constexpr std::string_view kDocs =
      "The founder left before anything was agreed; the epoch is void and the shard can be founded anew.";
  ShardId shard;
  registry::Epoch epoch = 0;
  SUBSTRATEE_FIELDS(FoundingReopened, shard, epoch)
};
struct Forwarded {
  static constexpr std::uint8_t kScaleIndex = 5;
  static constexpr std::string_view kName = "Forwarded";
  static constexpr std::string_view kDocs = "A sealed call entered the shard's work of this block.";
  AccountId sender;
  ShardId shard;
  Hash256 call_hash;
  SUBSTRATEE_FIELDS(Forwarded, sender, shard, call_hash)
};
struct BlockConfirmed {
  static constexpr std::uint8_t kScaleIndex = 6;
  static constexpr std::string_view kName = "BlockConfirmed";
  static constexpr std::string_view kDocs = "A member confirmed its result of a block.";
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
  static constexpr std::string_view kDocs = "The shard's members agreed on the result of a block.";
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
  static constexpr std::string_view kDocs = "Active members differ over a block and there is no majority.";
  ShardId shard;
  BlockNumber number = 0;
  SUBSTRATEE_FIELDS(Disputed, shard, number)
};
struct MemberDiverged {
  static constexpr std::uint8_t kScaleIndex = 9;
  static constexpr std::string_view kName = "Diverged";
  static constexpr std::string_view kDocs =
      "A member confirmed another result than the one agreed, and is quarantined.";
  ShardId shard;
  BlockNumber number = 0;
  AccountId account;
  SUBSTRATEE_FIELDS(MemberDiverged, shard, number, account)
};
struct MemberChanged {
  static constexpr std::uint8_t kScaleIndex = 10;
  static constexpr std::string_view kName = "MemberChanged";
  static constexpr std::string_view kDocs = "A member appeared, changed its status, or (none) is gone.";
  ShardId shard;
  AccountId account;
  std::optional<registry::MemberStatus> status;
  SUBSTRATEE_FIELDS(MemberChanged, shard, account, status)
};
struct KeyReleased {
  static constexpr std::uint8_t kScaleIndex = 11;
  static constexpr std::string_view kName = "KeyReleased";
  static constexpr std::string_view kDocs = "An Active member gives an epoch's secrets to another member.";
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
  static constexpr std::string_view kDocs = "Enclaves of this measurement may register.";
  registry::Measurement measurement;
  SUBSTRATEE_FIELDS(MeasurementAllowed, measurement)
};
struct MeasurementRemoved {
  static constexpr std::uint8_t kScaleIndex = 13;
  static constexpr std::string_view kName = "MeasurementRemoved";
  static constexpr std::string_view kDocs = "Enclaves of this measurement may no longer register.";
  registry::Measurement measurement;
  SUBSTRATEE_FIELDS(MeasurementRemoved, measurement)
};

struct CollateralRegistered {
  static constexpr std::uint8_t kScaleIndex = 14;
  static constexpr std::string_view kName = "CollateralRegistered";
  static constexpr std::string_view kDocs = "New collateral stands on the chain.";
  attestation::CollateralId id;
  attestation::CollateralVersion version;
  attestation::UnixSeconds expires = 0;
  SUBSTRATEE_FIELDS(CollateralRegistered, id, version, expires)
};
struct PolicySet {
  static constexpr std::uint8_t kScaleIndex = 15;
  static constexpr std::string_view kName = "PolicySet";
  static constexpr std::string_view kDocs = "Another policy is in force.";
  Hash256 policy_hash;  ///< blake2_256(SCALE(policy))
  SUBSTRATEE_FIELDS(PolicySet, policy_hash)
};
/// Newer collateral or another policy changed what a registration is worth.
struct EnclaveAppraised {
  static constexpr std::uint8_t kScaleIndex = 16;
  static constexpr std::string_view kName = "EnclaveAppraised";
  static constexpr std::string_view kDocs = "Newer collateral or another policy changed what a registration is worth.";
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
