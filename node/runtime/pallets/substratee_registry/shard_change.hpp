#pragma once

/// A change to one shard and its members: loaded, run through the agreement rules, written back with its journal
/// entries and events. Also: founding reopens when nobody holds the key of a shard that has agreed on nothing yet.

#include "node/runtime/pallets/substratee_registry/agreement.hpp"
#include "node/runtime/pallets/substratee_registry/pallet.hpp"

namespace substratee::node::runtime::substratee_registry {

class ShardChange {
 public:
  /// `id` exists. One change of a shard at a time.
  ShardChange(Context& context, const ShardId& id);

  [[nodiscard]] registry::Shard& shard() noexcept { return shard_; }
  [[nodiscard]] Agreement& agreement() noexcept { return agreement_; }
  void commit() &&;

 private:
  [[nodiscard]] ShardState load_state();
  [[nodiscard]] std::optional<BlockConfirmations> load_ballot(BlockNumber block);
  void write_members();
  void write_ballots();
  void write_pending();
  void report();
  void reopen_founding();

  Context& context_;
  ShardId id_;
  registry::Shard shard_;
  std::map<AccountId, Member> members_before_;
  std::map<BlockNumber, BlockConfirmations> ballots_before_;
  std::vector<BlockNumber> pending_before_;
  Agreement agreement_;
};

/// Journal entry and event.
void announce_member(Context& context, const ShardId& shard, const AccountId& account,
                     std::optional<MemberStatus> status);

/// The account's registration.
[[nodiscard]] std::optional<registry::Enclave> find_enclave(const StateView& state, const AccountId& account);

/// Milliseconds, and the block in execution.
[[nodiscard]] Moment moment_of(const Context& context);

/// The platform of a quarantined account is barred too, and the one that it left.
void bar_platform(Context& context, const AccountId& account);

}  // namespace substratee::node::runtime::substratee_registry
