#pragma once

/// The outside of the pallet SubstrateeRegistry: value types, as they stand in storage, calls and journals.
/// Every party that is not the node reads the chain through these. Specification: docs/protocol.md, "Registry".

#include "core/attestation/collateral.hpp"
#include "core/primitives/types.hpp"
#include "core/scale/codec.hpp"

#include <string>
#include <string_view>

namespace substratee::registry {

using primitives::AccountId;
using primitives::BlockHash;
using primitives::BlockNumber;

/// blake2_256("substratee/shard/v1" ‖ SCALE(stf, name)); independent of any measurement.
using ShardId = Hash256;
[[nodiscard]] ShardId shard_id(std::string_view stf, std::string_view name);

/// Random per process start of an enclave.
using Instance = FixedBytes<16>;
/// CIDv1 of the state's root, raw bytes.
using StateCid = FixedBytes<36>;
using EncryptionKey = FixedBytes<32>;
using ShieldingKey = FixedBytes<32>;
/// MRENCLAVE and its counterparts, 32 bytes each.
using Measurement = Hash256;
using PlatformId = FixedBytes<16>;
using Epoch = std::uint32_t;

inline constexpr std::size_t kMaxUrlSize = 256;
inline constexpr std::size_t kMaxMembers = 64;
inline constexpr std::size_t kMaxMeasurements = 64;
inline constexpr std::size_t kMaxSealedCallSize = 16 * 1024;
inline constexpr std::size_t kMaxPending = 4096;
inline constexpr std::size_t kMaxCollateralIds = 8;
inline constexpr std::size_t kMaxAdvisories = 64;

using Url = scale::BoundedText<kMaxUrlSize>;

/// A registered enclave. All of it is public.
struct Enclave {
  AccountId account;
  EncryptionKey encryption_key;
  Instance instance;
  attestation::Kind kind{};
  bool hardware = false;
  Measurement measurement;
  Hash256 signer;
  PlatformId platform_id;
  attestation::TcbStatus tcb_status{};
  scale::Bounded<std::vector<std::string>, kMaxAdvisories> advisories;
  Url worker_url;
  Url provisioning_url;
  BlockNumber registered_at = 0;
  /// Timestamp.Now in milliseconds at which it lapses: it no longer joins or provides, and confirms only for the
  /// policy's grace. Moves when newer collateral changes what the evidence is worth.
  std::uint64_t valid_until = 0;
  Hash256 trust_root;                   ///< SHA-256 of the SPKI of the root under which the evidence stands
  std::uint32_t evaluation_number = 0;  ///< of the collateral that judged it last; 0 = none
  std::uint64_t attested_at = 0;        ///< Timestamp.Now of the registration, milliseconds
  /// What the verdict rests on, absent optional items included: when one of these changes, it is appraised anew.
  scale::Bounded<std::vector<attestation::CollateralId>, kMaxCollateralIds> collateral;
  SUBSTRATEE_FIELDS(Enclave, account, encryption_key, instance, kind, hardware, measurement, signer, platform_id,
                    tcb_status, advisories, worker_url, provisioning_url, registered_at, valid_until, trust_root,
                    evaluation_number, attested_at, collateral)
  friend bool operator==(const Enclave&, const Enclave&) = default;
};

/// The newest verified collateral of one id.
struct Collateral {
  attestation::CollateralItem item;
  attestation::CollateralVersion version;
  attestation::UnixSeconds expires = 0;
  BlockNumber registered_at = 0;
  SUBSTRATEE_FIELDS(Collateral, item, version, expires, registered_at)
  friend bool operator==(const Collateral&, const Collateral&) = default;
};

/// What limits for ever to whom a shard's keys may go. Made with the shard, never changed by root.
struct Charter {
  ShardId shard;
  bool hardware_required = false;
  scale::Bounded<std::vector<Hash256>, 16> trust_anchors;  ///< SHA-256 of the root's SubjectPublicKeyInfo
  scale::Bounded<std::vector<Measurement>, kMaxMeasurements> measurements;
  std::optional<AccountId> upgrade_authority;
  scale::Bounded<std::vector<AccountId>, 16> guardians;
  std::uint8_t guardian_threshold = 0;
  std::uint8_t minimum_confirmations = 1;
  scale::BoundedText<64> stf;
  std::uint32_t format_version = 1;
  SUBSTRATEE_FIELDS(Charter, shard, hardware_required, trust_anchors, measurements, upgrade_authority, guardians,
                    guardian_threshold, minimum_confirmations, stf, format_version)
  friend bool operator==(const Charter&, const Charter&) = default;
};

/// blake2_256("substratee/charter/v1" ‖ SCALE(charter)): what clients pin.
[[nodiscard]] Hash256 charter_hash(const Charter& charter);

/// The newest state that the members agree on.
struct Agreed {
  BlockNumber block_number = 0;
  BlockHash block_hash;
  StateCid state_cid;
  Hash256 receipts_root;
  SUBSTRATEE_FIELDS(Agreed, block_number, block_hash, state_cid, receipts_root)
  friend bool operator==(const Agreed&, const Agreed&) = default;
};

struct Shard {
  scale::BoundedText<64> name;
  Charter charter;
  Epoch epoch = 0;  ///< of the key below; counts foundings and rotations, the first is 1
  std::optional<ShieldingKey> shielding_key;
  std::optional<BlockNumber> founded_at;
  std::optional<Agreed> agreed;
  bool disputed = false;
  SUBSTRATEE_FIELDS(Shard, name, charter, epoch, shielding_key, founded_at, agreed, disputed)
  friend bool operator==(const Shard&, const Shard&) = default;
};

enum class MemberStatus : std::uint8_t { kJoining, kActive, kSilent, kQuarantined, kExpired };
constexpr MemberStatus scale_last(MemberStatus) { return MemberStatus::kExpired; }
[[nodiscard]] std::string_view to_string(MemberStatus status) noexcept;

struct Member {
  MemberStatus status{};
  BlockNumber last_confirmed = 0;       ///< 0 = none yet
  BlockNumber active_since = 0;         ///< block of the last activation
  std::uint64_t active_since_time = 0;  ///< Timestamp.Now then, milliseconds
  SUBSTRATEE_FIELDS(Member, status, last_confirmed, active_since, active_since_time)
  friend bool operator==(const Member&, const Member&) = default;
};

struct Confirmation {
  AccountId account;
  Hash256 receipts_root;
  StateCid state_cid;
  SUBSTRATEE_FIELDS(Confirmation, account, receipts_root, state_cid)
  friend bool operator==(const Confirmation&, const Confirmation&) = default;
};

/// All confirmations of one block of one shard.
struct BlockConfirmations {
  BlockHash block_hash;
  bool is_agreed = false;
  Hash256 agreed_receipts_root;
  StateCid agreed_state_cid;
  BlockNumber agreed_in = 0;      ///< block that contained the agreement
  std::uint8_t agreed_by = 0;     ///< confirmations counted then; at least 2 convict every author of a differing one
  BlockNumber first_counted = 0;  ///< block of the first counted confirmation, 0 = none
  std::uint64_t first_counted_time = 0;  ///< Timestamp.Now then, milliseconds
  scale::Bounded<std::vector<Confirmation>, kMaxMembers> confirmations;
  SUBSTRATEE_FIELDS(BlockConfirmations, block_hash, is_agreed, agreed_receipts_root, agreed_state_cid, agreed_in,
                    agreed_by, first_counted, first_counted_time, confirmations)
  friend bool operator==(const BlockConfirmations&, const BlockConfirmations&) = default;
};

/// Who got which epoch's secrets from whom, in which session.
struct KeyRelease {
  Epoch epoch = 0;
  AccountId from;
  AccountId to;
  Instance to_instance;
  Hash256 session;
  BlockNumber block = 0;
  SUBSTRATEE_FIELDS(KeyRelease, epoch, from, to, to_instance, session, block)
  friend bool operator==(const KeyRelease&, const KeyRelease&) = default;
};

/// HPKE-sealed call, wire form (docs/protocol.md, "Sealed call"). At most kMaxSealedCallSize encoded.
struct SealedCall {
  std::uint8_t version = 1;
  Epoch epoch = 0;
  FixedBytes<32> enc;
  scale::BoundedBytes<kMaxSealedCallSize> ciphertext;
  SUBSTRATEE_FIELDS(SealedCall, version, epoch, enc, ciphertext)
  friend bool operator==(const SealedCall&, const SealedCall&) = default;
};
/// blake2_256(SCALE(sealed_call)).
[[nodiscard]] Hash256 call_hash(const SealedCall& call);

/// Engine and first authorities, in the genesis state.
struct DevEngine {
  static constexpr std::uint8_t kScaleIndex = 0;
  FixedBytes<32> authority;  ///< Ed25519 key that seals
  FixedBytes<32> salt;       ///< makes each development chain a chain of its own
  SUBSTRATEE_FIELDS(DevEngine, authority, salt)
  friend bool operator==(const DevEngine&, const DevEngine&) = default;
};
using Engine = std::variant<DevEngine>;

}  // namespace substratee::registry
