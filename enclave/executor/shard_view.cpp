#include "enclave/executor/shard_view.hpp"

#include <algorithm>

namespace substratee::enclave::executor {
namespace {

/// Sessions live for some blocks only; older releases are never asked for.
constexpr std::size_t kKeptReleases = 256;

}  // namespace

ShardView::ShardView(registry::ShardId shard, const ShardPlace& place)
    : shard_(shard),
      founding_(place.founding),
      agreed_(place.agreed),
      void_epoch_(place.void_epoch),
      newest_work_(place.newest_work),
      lost_work_(place.newest_work) {
  for (const auto& [account, member] : place.members) members_[account] = member;
}

ShardPlace ShardView::place() const {
  ShardPlace out{{}, founding_, agreed_, void_epoch_, newest_work_};
  for (const auto& [account, member] : members_) out.members.push_back({account, member});
  return out;
}

std::uint32_t ShardView::quarantined_count() const noexcept {
  return static_cast<std::uint32_t>(std::ranges::count_if(
      members_, [](const auto& entry) { return entry.second.status == registry::MemberStatus::kQuarantined; }));
}

void ShardView::apply(const finality::VerifiedBlock& block) {
  Work work{block.number, block.hash, {}, 0};
  for (const auto& entry : block.journal) apply_entry(block, entry, work);
  if (registry::has_work(block.journal, shard_)) {
    newest_work_ = block.number;
    work_.push_back(std::move(work));
  }
  if (!keeps_all_work_ && agreed_) {
    while (!work_.empty() && work_.front().block <= agreed_->block_number) work_.pop_front();
  }
}

void ShardView::apply_entry(const finality::VerifiedBlock& block, const registry::JournalEntry& entry, Work& work) {
  if (const auto* call = std::get_if<registry::CallForwarded>(&entry)) {
    if (call->shard == shard_) work.calls.push_back(*call);
  } else if (const auto* changed = std::get_if<registry::MemberChanged>(&entry)) {
    if (changed->shard != shard_) return;
    if (changed->status) {
      members_[changed->account] = {*changed->status, changed->instance};
    } else {
      members_.erase(changed->account);
    }
  } else if (const auto* released = std::get_if<registry::KeyReleased>(&entry)) {
    if (released->shard != shard_) return;
    releases_.push_back(*released);
    if (releases_.size() > kKeptReleases) releases_.pop_front();
  } else if (const auto* founded = std::get_if<registry::ShardFounded>(&entry)) {
    if (founded->shard != shard_) return;
    founding_ = Founding{founded->epoch, founded->founder, founded->instance, founded->shielding_key, block.number};
    work.void_calls = work.calls.size();
  } else if (const auto* agreed = std::get_if<registry::StateAgreed>(&entry)) {
    if (agreed->shard == shard_) agreed_ = agreed->agreed;
  } else if (const auto* reopened = std::get_if<registry::FoundingReopened>(&entry)) {
    if (reopened->shard != shard_) return;
    founding_.reset();
    void_epoch_ = reopened->epoch;
    work_.clear();
    work.void_calls = work.calls.size();
    newest_work_ = 0;
    lost_work_ = 0;
    keeps_all_work_ = false;
  }
}

const MemberView* ShardView::member(const registry::AccountId& account) const noexcept {
  const auto found = members_.find(account);
  return found == members_.end() ? nullptr : &found->second;
}

bool ShardView::is_released(const registry::KeyReleased& release) const noexcept {
  return std::find(releases_.begin(), releases_.end(), release) != releases_.end();
}

Work ShardView::take_work() {
  auto work = std::move(work_.front());
  work_.pop_front();
  return work;
}

void ShardView::keep_work_above(primitives::BlockNumber block) {
  keeps_all_work_ = true;
  while (!work_.empty() && work_.front().block <= block) work_.pop_front();
}

}  // namespace substratee::enclave::executor
