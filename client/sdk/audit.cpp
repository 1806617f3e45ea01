#include "client/sdk/audit.hpp"

#include "core/primitives/ss58.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace substratee::client {
using primitives::to_ss58;
using registry::MemberStatus;

bool holds(const AuditedEpoch& epoch, const AccountId& account) {
  return std::ranges::any_of(epoch.holders, [&](const auto& holder) { return holder.account == account; });
}

void Audit::apply(const CheckedBlock& block) {
  for (const auto& entry : block.journal) {
    std::visit(
        [&](const auto& one) {
          if (one.shard == shard_) on(block, one);
        },
        entry);
  }
}

void Audit::note(const CheckedBlock& block, const char* word, std::string text) {
  findings_.push_back({block.number, word, std::move(text)});
}

const Audit::Member* Audit::member(const AccountId& account) const {
  const auto found = members_.find(account);
  return found == members_.end() ? nullptr : &found->second;
}

AuditedEpoch* Audit::find(registry::Epoch epoch) {
  const auto found = std::ranges::find(epochs_, epoch, &AuditedEpoch::epoch);
  return found == epochs_.end() ? nullptr : &*found;
}

void Audit::on(const CheckedBlock& block, const registry::CallForwarded& call) {
  if (epochs_.empty() || epochs_.back().is_void) {
    note(block, "call_without_key", fmt::format("a call of {} before the shard had a key", to_ss58(call.sender)));
  }
}

void Audit::on(const CheckedBlock& block, const registry::MemberChanged& change) {
  if (!change.status) {
    members_.erase(change.account);
    return;
  }
  const auto* before = member(change.account);
  if (before == nullptr || before->instance != change.instance) {
    instances_.push_back({change.account, change.instance, block.number, block.hash});
  }
  members_[change.account] = {*change.status, change.instance};
}

void Audit::on(const CheckedBlock& block, const registry::ShardFounded& founded) {
  const auto* founder = member(founded.founder);
  if (founder == nullptr || founder->status != MemberStatus::kJoining || founder->instance != founded.instance) {
    note(block, "founded_by_stranger",
         fmt::format("{} founded epoch {} without being a joining member", to_ss58(founded.founder), founded.epoch));
  }
  const auto expected = epochs_.empty() ? registry::Epoch{1} : epochs_.back().epoch + 1;
  if (founded.epoch != expected || (!epochs_.empty() && !epochs_.back().is_void)) {
    note(block, "epoch_out_of_order", fmt::format("epoch {} was founded out of turn", founded.epoch));
  }
  epochs_.push_back({founded.epoch,
                     founded.shielding_key,
                     block.number,
                     false,
                     {{founded.founder, founded.instance, block.number, std::nullopt, std::nullopt}}});
}

void Audit::on(const CheckedBlock& block, const registry::KeyReleased& release) {
  const auto names =
      fmt::format("the release of epoch {} from {} to {}", release.epoch, to_ss58(release.from), to_ss58(release.to));
  const auto* from = member(release.from);
  const auto* to = member(release.to);
  if (from == nullptr || from->status != MemberStatus::kActive) {
    note(block, "release_by_non_member", names + " is by somebody who was no Active member");
  }
  const bool may_receive = to != nullptr && to->instance == release.to_instance &&
                           (to->status == MemberStatus::kJoining || to->status == MemberStatus::kActive ||
                            to->status == MemberStatus::kSilent);
  if (!may_receive) note(block, "release_to_non_member", names + " is to somebody who was no such member");
  auto* epoch = find(release.epoch);
  if (epoch == nullptr || epoch->is_void) {
    note(block, "release_of_unknown_epoch", names + " is of an epoch that nobody has founded, or that is void");
    return;
  }
  if (!holds(*epoch, release.from)) {
    note(block, "release_by_non_holder", names + " is by somebody who is not recorded to hold the key");
  }
  epoch->holders.push_back({release.to, release.to_instance, block.number, release.from, release.session});
}

void Audit::on(const CheckedBlock& block, const registry::StateAgreed& agreed) {
  ++agreements_;
  for (const auto& account : agreed.confirmed_by.value) {
    if (!epochs_.empty() && holds(epochs_.back(), account)) continue;
    note(block, "confirmed_by_non_holder",
         fmt::format("{} confirmed block {} and is not recorded to hold the key", to_ss58(account),
                     agreed.agreed.block_number));
  }
}

void Audit::on(const CheckedBlock& block, const registry::FoundingReopened& reopened) {
  auto* epoch = find(reopened.epoch);
  if (epoch == nullptr) {
    note(block, "reopened_unknown_epoch", fmt::format("epoch {} became void and was never founded", reopened.epoch));
    return;
  }
  epoch->is_void = true;
}

}  // namespace substratee::client
