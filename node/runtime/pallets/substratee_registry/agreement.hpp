#pragma once

/// When a shard's members agree, fall silent, return, diverge: the rules of docs/protocol.md, "Agreement", as values in
/// and values out. Nothing here knows storage, events or evidence.
/// Vocabulary: pair = (receipts_root, state_cid); ballot = all confirmations of one block; counted = by a member that
/// is Active at the time of counting.

#include "core/registry/types.hpp"

#include <functional>
#include <map>
#include <span>

namespace substratee::node::runtime::substratee_registry {

using primitives::AccountId;
using primitives::BlockHash;
using primitives::BlockNumber;
using registry::Agreed;
using registry::BlockConfirmations;
using registry::Member;
using registry::MemberStatus;

/// Both must have passed without a confirmation before a member is Silent.
inline constexpr BlockNumber kSilenceBlocks = 2;
inline constexpr std::uint64_t kSilenceMilliseconds = 1500;
/// A Joining or Silent member may vouch for a block agreed at most this many blocks ago, or for the newest.
inline constexpr BlockNumber kVouchBlocks = 2;

struct Moment {
  BlockNumber block = 0;
  std::uint64_t time = 0;  ///< milliseconds
};

struct Pair {
  Hash256 receipts_root;
  registry::StateCid state_cid;
  friend auto operator<=>(const Pair&, const Pair&) = default;
};

/// What happened, in order.
struct StatusChanged {
  AccountId account;
  MemberStatus status{};
};
struct AgreementReached {
  Agreed agreed;
  std::uint32_t active = 0;
  std::vector<AccountId> confirmed_by;
};
struct Diverged {
  BlockNumber block = 0;
  AccountId account;
};
struct DisputeBegan {
  BlockNumber block = 0;
};
/// Joining, Active or Silent: has a place among the members.
[[nodiscard]] constexpr bool is_living(MemberStatus status) noexcept {
  return status != MemberStatus::kQuarantined && status != MemberStatus::kExpired;
}

using Effect = std::variant<StatusChanged, AgreementReached, Diverged, DisputeBegan>;

/// One shard, as far as agreement is concerned.
struct ShardState {
  std::uint8_t minimum_confirmations = 1;  ///< once something is agreed: the founding block is the founder's alone
  std::optional<Agreed> agreed;
  std::optional<BlockNumber> dispute;  ///< the block over which members differ
  std::map<AccountId, Member> members;
  std::vector<BlockNumber> pending;  ///< ascending
  std::map<BlockNumber, BlockConfirmations> ballots;
};

enum class ConfirmRefusal : std::uint8_t { kAlreadyConfirmed, kOutOfOrder, kTooManyAuthors };

class Agreement {
 public:
  /// Fetches a ballot that `state` does not hold yet; nothing if there is none.
  using Load = std::function<std::optional<BlockConfirmations>(BlockNumber)>;

  Agreement(ShardState state, Moment now, Load load = {});

  /// A member (Joining, Active or Silent) confirms a block that is pending or has a ballot. On refusal nothing changes.
  [[nodiscard]] std::expected<void, ConfirmRefusal> confirm(const AccountId& account, BlockNumber block,
                                                            const BlockHash& block_hash, const Pair& pair);
  /// A member appears, changes or (no status) goes; then counts again.
  void change_member(const AccountId& account, std::optional<MemberStatus> status);
  /// Several at once: all have changed before anything is counted.
  void change_members(std::span<const AccountId> accounts, MemberStatus status);
  /// Root's decision: the member is out, and a dispute that it is part of may end.
  void quarantine(const AccountId& account);
  /// At each block's start: who is silent; then counts.
  void pass_time();

  [[nodiscard]] const ShardState& state() const noexcept { return state_; }
  [[nodiscard]] const std::vector<Effect>& effects() const noexcept { return effects_; }
  [[nodiscard]] std::size_t active_count() const noexcept;

 private:
  [[nodiscard]] BlockConfirmations* ballot(BlockNumber block);
  [[nodiscard]] bool is_pending(BlockNumber block) const noexcept;
  [[nodiscard]] bool is_active(const AccountId& account) const noexcept;
  [[nodiscard]] bool has_place(const AccountId& account) const noexcept;
  [[nodiscard]] bool has_confirmed(BlockNumber block, const AccountId& account);
  [[nodiscard]] std::map<Pair, std::vector<AccountId>> counted(const BlockConfirmations& ballot) const;

  void settle();
  [[nodiscard]] bool decide(BlockNumber block);
  void agree(BlockNumber block, const Pair& pair, std::vector<AccountId> by, std::size_t active);
  void judge(BlockNumber block, const BlockConfirmations& ballot, const registry::Confirmation& confirmation);
  void set_clock(BlockConfirmations& ballot) const;
  void mark_silent(BlockNumber block);
  void set_status(const AccountId& account, MemberStatus status);
  void dispute(BlockNumber block);
  [[nodiscard]] bool is_settled_by(BlockNumber block, const AccountId& quarantined);
  [[nodiscard]] bool is_settled_without(BlockNumber block, const AccountId& quarantined);

  ShardState state_;
  Moment now_;
  Load load_;
  std::vector<Effect> effects_;
};

}  // namespace substratee::node::runtime::substratee_registry
