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
  SUBSTRATEE_FIELDS(MemberView, status, instance)
};

struct Founding {
  registry::Epoch epoch = 0;
  registry::AccountId founder;
  registry::Instance instance;  ///< the founder's process
  registry::ShieldingKey shielding_key;
  primitives::BlockNumber block = 0;
  SUBSTRATEE_FIELDS(Founding, epoch, founder, instance, shielding_key, block)
};

/// What a view knows at one block, without the work: that is either agreed, or it has to be agreed before the state can
/// be opened again.
struct ShardPlace {
  struct KnownMember {
    registry::AccountId account;
    MemberView member;
    SUBSTRATEE_FIELDS(KnownMember, account, member)
  };
  std::vector<KnownMember> members;
  std::optional<Founding> founding;
  std::optional<registry::Agreed> agreed;
  registry::Epoch void_epoch = 0;
  primitives::BlockNumber newest_work = 0;
  SUBSTRATEE_FIELDS(ShardPlace, members, founding, agreed, void_epoch, newest_work)
};

class ShardView {
 public:
  explicit ShardView(registry::ShardId shard) : shard_(shard) {}
  /// Goes on from a place. The work up to it is gone.
  ShardView(registry::ShardId shard, const ShardPlace& place);
  [[nodiscard]] ShardPlace place() const;

  /// Applies the block's journal.
  void apply(const finality::VerifiedBlock& block);

  [[nodiscard]] const MemberView* member(const registry::AccountId& account) const noexcept;
  [[nodiscard]] const std::optional<Founding>& founding() const noexcept { return founding_; }
  [[nodiscard]] const std::optional<registry::Agreed>& agreed() const noexcept { return agreed_; }
  /// The epoch that became void last; 0 = none.
  [[nodiscard]] registry::Epoch void_epoch() const noexcept { return void_epoch_; }
  /// The newest block with work; 0 = none. What was voided does not count.
  [[nodiscard]] primitives::BlockNumber newest_work() const noexcept { return newest_work_; }
  /// Whether all work that is not agreed is here: after a restart it is only once the chain shows the agreement on
  /// what came before the place.
  [[nodiscard]] bool has_all_work() const noexcept { return lost_work_ == 0 || is_agreed_up_to(lost_work_); }
  [[nodiscard]] bool is_agreed_up_to(primitives::BlockNumber block) const noexcept {
    return agreed_ && agreed_->block_number >= block;
  }
  [[nodiscard]] std::uint32_t quarantined_count() const noexcept;
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
  primitives::BlockNumber newest_work_ = 0;
  primitives::BlockNumber lost_work_ = 0;  ///< the newest block whose work was before the place
  bool keeps_all_work_ = false;
};

}  // namespace substratee::enclave::executor
