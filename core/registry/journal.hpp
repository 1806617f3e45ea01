#pragma once

/// A block's journal: what enclaves act on, in order. Its root stands in the header's digest as
/// Consensus(b"STEE", 0x01 ‖ root), root = ordered trie root (layout V0) over the SCALE entries; never for an empty
/// one.

#include "core/primitives/header.hpp"
#include "core/registry/types.hpp"

namespace substratee::registry {

inline constexpr primitives::EngineId kJournalEngine = primitives::engine_id("STEE");
inline constexpr std::uint8_t kJournalVersion = 1;

struct CallForwarded {
  static constexpr std::uint8_t kScaleIndex = 0;
  ShardId shard;
  AccountId sender;
  SealedCall sealed_call;
  SUBSTRATEE_FIELDS(CallForwarded, shard, sender, sealed_call)
  friend bool operator==(const CallForwarded&, const CallForwarded&) = default;
};
/// A member appeared or changed; no status = it is gone.
struct MemberChanged {
  static constexpr std::uint8_t kScaleIndex = 1;
  ShardId shard;
  AccountId account;
  Instance instance;
  std::optional<MemberStatus> status;
  SUBSTRATEE_FIELDS(MemberChanged, shard, account, instance, status)
  friend bool operator==(const MemberChanged&, const MemberChanged&) = default;
};
struct KeyReleased {
  static constexpr std::uint8_t kScaleIndex = 2;
  ShardId shard;
  Epoch epoch = 0;
  AccountId from;
  AccountId to;
  Instance to_instance;
  Hash256 session;
  SUBSTRATEE_FIELDS(KeyReleased, shard, epoch, from, to, to_instance, session)
  friend bool operator==(const KeyReleased&, const KeyReleased&) = default;
};
struct ShardFounded {
  static constexpr std::uint8_t kScaleIndex = 3;
  ShardId shard;
  Epoch epoch = 0;
  AccountId founder;
  Instance instance;
  ShieldingKey shielding_key;
  SUBSTRATEE_FIELDS(ShardFounded, shard, epoch, founder, instance, shielding_key)
  friend bool operator==(const ShardFounded&, const ShardFounded&) = default;
};
struct StateAgreed {
  static constexpr std::uint8_t kScaleIndex = 4;
  ShardId shard;
  Agreed agreed;
  std::uint32_t active = 0;
  scale::Bounded<std::vector<AccountId>, kMaxMembers> confirmed_by;
  SUBSTRATEE_FIELDS(StateAgreed, shard, agreed, active, confirmed_by)
  friend bool operator==(const StateAgreed&, const StateAgreed&) = default;
};
/// Founding reopened: pending blocks are dropped and the epoch's state is void.
struct FoundingReopened {
  static constexpr std::uint8_t kScaleIndex = 5;
  ShardId shard;
  Epoch epoch = 0;  ///< the void one
  SUBSTRATEE_FIELDS(FoundingReopened, shard, epoch)
  friend bool operator==(const FoundingReopened&, const FoundingReopened&) = default;
};

using JournalEntry =
    std::variant<CallForwarded, MemberChanged, KeyReleased, ShardFounded, StateAgreed, FoundingReopened>;
/// Bounded by the block: at most 4 MiB encoded.
using Journal = std::vector<JournalEntry>;

/// The digest item of a non-empty journal.
[[nodiscard]] primitives::DigestItem journal_digest(const Journal& journal);
[[nodiscard]] Hash256 journal_root(const Journal& journal);

/// Whether the journal is the one that the header names: exactly one STEE item, or none for an empty journal.
[[nodiscard]] bool journal_matches(const primitives::Header& header, const Journal& journal);

/// The root that the header names: exactly one STEE item of this version. Nothing otherwise, and for an empty journal.
[[nodiscard]] std::optional<Hash256> journal_root_of(const primitives::Header& header);
/// The trie nodes from the journal's root to entry `index` < journal.size(): a compact proof that it stands there.
[[nodiscard]] std::vector<Bytes> journal_path(const Journal& journal, std::uint32_t index);
/// Entry `index` of the journal with this root, as the path shows it. Nothing if the path does not hold, shows that
/// there is no such entry, or the entry does not decode.
[[nodiscard]] std::optional<JournalEntry> entry_of(const Hash256& root, std::uint32_t index, std::vector<Bytes> path);

/// Whether a block with this journal has work for the shard: a call for it, or its founding. A reopened founding voids
/// what stands before it.
[[nodiscard]] bool has_work(const Journal& journal, const ShardId& shard);

}  // namespace substratee::registry
