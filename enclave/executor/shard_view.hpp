#pragma once

/// What the journals of verified blocks say of one shard: members, founding, agreement, key releases, work.
/// Fed with every block in order; never asks the host.

#include "core/finality/verified_chain.hpp"
#include "enclave/executor/executor.hpp"

#include <deque>
#include <map>

namespace substratee::enclave::executor {

struct MemberView {
  registry::MemberStatus status{};
  registry::Instance instance;
};

struct Founding {
  registry::Epoch epoch = 0;
  registry::AccountId founder;
  registry::ShieldingKey shielding_key;
  primitives::BlockNumber block = 0;
};

class ShardView {
 public:
  explicit ShardView(registry::ShardId shard) : shard_(shard) {}

  /// Applies the block's journal.
  void apply(const finality::VerifiedBlock& block);

  [[nodiscard]] const MemberView* member(const registry::AccountId& account) const noexcept;
  [[nodiscard]] const std::optional<Founding>& founding() const noexcept { return founding_; }
  [[nodiscard]] const std::optional<registry::Agreed>& agreed() const noexcept { return agreed_; }
  /// The epoch that became void last; 0 = none.
  [[nodiscard]] registry::Epoch void_epoch() const noexcept { return void_epoch_; }
  /// Whether this very release stands in a verified block.
  [[nodiscard]] bool is_released(const registry::KeyReleased& release) const noexcept;

  /// Blocks with work that are not yet taken, oldest first.
  [[nodiscard]] bool has_work() const noexcept { return !work_.empty(); }
  [[nodiscard]] Work take_work();
  /// From now on keeps all work above `block`; before that, work that is agreed is dropped.
  void keep_work_above(primitives::BlockNumber block);

 private:
  void apply_entry(const finality::VerifiedBlock& block, const registry::JournalEntry& entry, Work& work);

  registry::ShardId shard_;
  std::map<registry::AccountId, MemberView> members_;
  std::optional<Founding> founding_;
  std::optional<registry::Agreed> agreed_;
  registry::Epoch void_epoch_ = 0;
  std::deque<registry::KeyReleased> releases_;
  std::deque<Work> work_;
  bool keeps_all_work_ = false;
};

}  // namespace substratee::enclave::executor
