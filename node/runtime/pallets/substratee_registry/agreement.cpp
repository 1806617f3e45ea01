#include "node/runtime/pallets/substratee_registry/agreement.hpp"

#include <algorithm>

namespace substratee::node::runtime::substratee_registry {
namespace {

using registry::Confirmation;

Pair pair_of(const Confirmation& confirmation) { return {confirmation.receipts_root, confirmation.state_cid}; }
Pair agreed_pair(const BlockConfirmations& ballot) { return {ballot.agreed_receipts_root, ballot.agreed_state_cid}; }

Confirmation* find_author(BlockConfirmations& ballot, const AccountId& account) {
  const auto found = std::ranges::find(ballot.confirmations.value, account, &Confirmation::account);
  return found == ballot.confirmations.value.end() ? nullptr : &*found;
}

bool may_return(MemberStatus status) { return status == MemberStatus::kJoining || status == MemberStatus::kSilent; }

}  // namespace

Agreement::Agreement(ShardState state, Moment now, Load load)
    : state_(std::move(state)), now_(now), load_(std::move(load)) {}

std::size_t Agreement::active_count() const noexcept {
  return static_cast<std::size_t>(std::ranges::count_if(
      state_.members, [](const auto& entry) { return entry.second.status == MemberStatus::kActive; }));
}

BlockConfirmations* Agreement::ballot(BlockNumber block) {
  if (const auto found = state_.ballots.find(block); found != state_.ballots.end()) return &found->second;
  if (!load_) return nullptr;
  auto loaded = load_(block);
  if (!loaded) return nullptr;
  return &state_.ballots.emplace(block, *std::move(loaded)).first->second;
}

bool Agreement::is_pending(BlockNumber block) const noexcept {
  return std::ranges::binary_search(state_.pending, block);
}

bool Agreement::is_active(const AccountId& account) const noexcept {
  const auto found = state_.members.find(account);
  return found != state_.members.end() && found->second.status == MemberStatus::kActive;
}

bool Agreement::has_place(const AccountId& account) const noexcept {
  const auto found = state_.members.find(account);
  return found != state_.members.end() && is_living(found->second.status);
}

bool Agreement::has_confirmed(BlockNumber block, const AccountId& account) {
  auto* found = ballot(block);
  return found != nullptr && find_author(*found, account) != nullptr;
}

std::map<Pair, std::vector<AccountId>> Agreement::counted(const BlockConfirmations& ballot) const {
  std::map<Pair, std::vector<AccountId>> groups;
  for (const auto& confirmation : ballot.confirmations.value) {
    if (is_active(confirmation.account)) groups[pair_of(confirmation)].push_back(confirmation.account);
  }
  return groups;
}

std::expected<void, ConfirmRefusal> Agreement::confirm(const AccountId& account, BlockNumber block,
                                                       const BlockHash& block_hash, const Pair& pair) {
  if (const auto at = std::ranges::lower_bound(state_.pending, block);
      is_pending(block) && at != state_.pending.begin() && !has_confirmed(*std::prev(at), account)) {
    return std::unexpected(ConfirmRefusal::kOutOfOrder);
  }
  auto* found = ballot(block);
  auto* earlier = found == nullptr ? nullptr : find_author(*found, account);
  // A worker's result for a block is one for ever: whoever says something else later is not heard.
  if (earlier != nullptr && (is_active(account) || pair_of(*earlier) != pair)) {
    return std::unexpected(ConfirmRefusal::kAlreadyConfirmed);
  }
  if (found == nullptr) {
    found = &state_.ballots[block];
    found->block_hash = block_hash;
  }
  const Confirmation confirmation{account, pair.receipts_root, pair.state_cid};
  if (earlier == nullptr) {
    auto& list = found->confirmations.value;
    if (list.size() >= registry::kMaxMembers) {
      std::erase_if(list, [this](const auto& entry) { return !has_place(entry.account); });
    }
    if (list.size() >= registry::kMaxMembers) return std::unexpected(ConfirmRefusal::kTooManyAuthors);
    list.push_back(confirmation);
  }
  auto& member = state_.members.at(account);
  member.last_confirmed = std::max(member.last_confirmed, block);
  if (found->is_agreed) {
    judge(block, *found, confirmation);
  } else {
    set_clock(*found);
  }
  settle();
  return {};
}

void Agreement::judge(BlockNumber block, const BlockConfirmations& ballot, const Confirmation& confirmation) {
  const auto member = state_.members.find(confirmation.account);
  const auto status = member == state_.members.end() ? MemberStatus::kExpired : member->second.status;
  if (pair_of(confirmation) == agreed_pair(ballot)) {
    const bool is_recent = block == state_.agreed->block_number || now_.block - ballot.agreed_in <= kVouchBlocks;
    if (may_return(status) && is_recent) set_status(confirmation.account, MemberStatus::kActive);
  } else if (ballot.agreed_by >= 2) {
    if (status == MemberStatus::kQuarantined) return;
    effects_.emplace_back(Diverged{block, confirmation.account});
    set_status(confirmation.account, MemberStatus::kQuarantined);
  } else if (status == MemberStatus::kSilent || status == MemberStatus::kActive) {
    dispute(block);
  }
}

void Agreement::settle() {
  while (!state_.dispute && !state_.pending.empty()) {
    if (!decide(state_.pending.front())) return;
  }
}

bool Agreement::decide(BlockNumber block) {
  const auto* found = ballot(block);
  if (found == nullptr) return false;
  const auto active = active_count();
  const auto groups = counted(*found);
  // Only the founder has the key until its founding is agreed; a minimum of two would wait for ever for a second.
  const std::size_t minimum = state_.agreed ? state_.minimum_confirmations : 1;
  std::size_t confirmed = 0;
  for (const auto& [pair, by] : groups) {
    confirmed += by.size();
    if (by.size() * 2 > active && by.size() >= minimum) {
      agree(block, pair, by, active);
      return true;
    }
  }
  if (groups.size() > 1 && confirmed == active) dispute(block);
  return false;
}

void Agreement::agree(BlockNumber block, const Pair& pair, std::vector<AccountId> by, std::size_t active) {
  auto& found = state_.ballots.at(block);
  found.is_agreed = true;
  found.agreed_receipts_root = pair.receipts_root;
  found.agreed_state_cid = pair.state_cid;
  found.agreed_in = now_.block;
  found.agreed_by = static_cast<std::uint8_t>(by.size());
  state_.agreed = Agreed{block, found.block_hash, pair.state_cid, pair.receipts_root};
  std::erase(state_.pending, block);
  effects_.emplace_back(AgreementReached{*state_.agreed, static_cast<std::uint32_t>(active), std::move(by)});
  for (const auto& confirmation : found.confirmations.value) judge(block, found, confirmation);
}

void Agreement::set_clock(BlockConfirmations& ballot) const {
  if (counted(ballot).empty()) {
    ballot.first_counted = 0;
    ballot.first_counted_time = 0;
  } else if (ballot.first_counted == 0) {
    ballot.first_counted = now_.block;
    ballot.first_counted_time = now_.time;
  }
}

void Agreement::pass_time() {
  for (const auto block : state_.pending) {
    auto* found = ballot(block);
    if (found == nullptr) break;  // members confirm in order: nothing above has a confirmation either
    set_clock(*found);
    if (found->first_counted != 0) mark_silent(block);
  }
  settle();
}

void Agreement::mark_silent(BlockNumber block) {
  auto& found = state_.ballots.at(block);
  std::vector<AccountId> silent;
  for (const auto& [account, member] : state_.members) {
    if (member.status != MemberStatus::kActive || find_author(found, account) != nullptr) continue;
    const auto since = std::max(found.first_counted, member.active_since);
    const auto since_time = std::max(found.first_counted_time, member.active_since_time);
    if (now_.block >= since + kSilenceBlocks && now_.time >= since_time + kSilenceMilliseconds)
      silent.push_back(account);
  }
  for (const auto& account : silent) set_status(account, MemberStatus::kSilent);
}

void Agreement::change_member(const AccountId& account, std::optional<MemberStatus> status) {
  if (status) {
    set_status(account, *status);
  } else {
    state_.members.erase(account);
  }
  settle();
}

void Agreement::change_members(std::span<const AccountId> accounts, MemberStatus status) {
  for (const auto& account : accounts) set_status(account, status);
  settle();
}

void Agreement::quarantine(const AccountId& account) {
  const auto disputed = state_.dispute;
  set_status(account, MemberStatus::kQuarantined);
  if (disputed && is_settled_by(*disputed, account)) state_.dispute.reset();
  settle();
}

bool Agreement::is_settled_by(BlockNumber block, const AccountId& quarantined) {
  // Nobody can tell any more who differs: root's word ends the dispute, rather than nothing ever.
  if (ballot(block) == nullptr) return true;
  return has_confirmed(block, quarantined) && is_settled_without(block, quarantined);
}

bool Agreement::is_settled_without(BlockNumber block, const AccountId& quarantined) {
  const auto* found = ballot(block);
  if (!found->is_agreed) return true;  // counting decides it, or disputes it again
  bool is_attacked = false;
  bool is_defended = false;
  for (const auto& confirmation : found->confirmations.value) {
    const auto member = state_.members.find(confirmation.account);
    if (confirmation.account == quarantined || member == state_.members.end()) continue;
    const auto status = member->second.status;
    if (status != MemberStatus::kActive && status != MemberStatus::kSilent) continue;
    (pair_of(confirmation) == agreed_pair(*found) ? is_defended : is_attacked) = true;
  }
  return !(is_attacked && is_defended);
}

void Agreement::set_status(const AccountId& account, MemberStatus status) {
  auto& member = state_.members[account];
  member.status = status;
  if (status == MemberStatus::kActive) {
    member.active_since = now_.block;
    member.active_since_time = now_.time;
  }
  effects_.emplace_back(StatusChanged{account, status});
}

void Agreement::dispute(BlockNumber block) {
  if (state_.dispute) return;
  state_.dispute = block;
  effects_.emplace_back(DisputeBegan{block});
}

}  // namespace substratee::node::runtime::substratee_registry
