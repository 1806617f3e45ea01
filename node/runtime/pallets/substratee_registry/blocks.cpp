#include "node/runtime/pallets/substratee_registry/shard_change.hpp"

#include <set>

namespace substratee::node::runtime::substratee_registry {
namespace {

void add_pending(Context& context, const ShardId& shard, const BlockHash& block_hash) {
  const BlockNumber block = context.number() - 1;
  auto blocks = kPendingBlocks.get(context.state, shard);
  blocks.push_back(block);
  kPendingBlocks.put(context.state, shard, blocks);
  kPending.put(context.state, shard, block, block_hash);
}

/// The newest agreed block's confirmations stay: those who return vouch for it. So do those of a block in dispute: only
/// they tell when root has ended it.
void forget_confirmations(Context& context) {
  const auto due = kForgetAt.find(context.state, context.number());
  if (!due) return;
  kForgetAt.erase(context.state, context.number());
  for (const auto& [shard, block] : *due) {
    const auto agreed = kShards.get(context.state, shard).agreed;
    const bool is_newest = agreed && agreed->block_number == block;
    if (!is_newest && kDisputes.find(context.state, shard) != block) {
      kConfirmations.erase(context.state, shard, block);
      continue;
    }
    const auto later = context.number() + kConfirmationsKept;
    auto list = kForgetAt.get(context.state, later);
    list.emplace_back(shard, block);
    kForgetAt.put(context.state, later, list);
  }
}

/// Milliseconds: when the member is out by time. Who confirms has the policy's grace, who joins has none.
std::uint64_t deadline_of(const Context& context, const AccountId& account, MemberStatus status, std::uint64_t grace) {
  const auto enclave = find_enclave(context.state, account);
  if (!enclave) return 0;
  return enclave->valid_until + (status == MemberStatus::kJoining ? 0 : grace);
}

/// Time alone never takes the last Active member of a shard that has agreed on a state: of those that would go, the one
/// that lasted longest stays. (Before that only the founder can be Active, and if it is gone founding reopens.)
void expire_members(const Context& context, Agreement& agreement) {
  const auto grace = kPolicy.get(context.state).confirmation_grace * 1000ull;
  const auto now = moment_of(context).time;
  std::vector<AccountId> expired;
  std::optional<std::pair<std::uint64_t, AccountId>> last;
  bool stays_active = false;
  for (const auto& [account, member] : agreement.state().members) {
    if (!is_living(member.status)) continue;
    const auto deadline = deadline_of(context, account, member.status, grace);
    const bool is_active = member.status == MemberStatus::kActive;
    if (now < deadline) {
      stays_active = stays_active || is_active;
      continue;
    }
    expired.push_back(account);
    if (is_active && (!last || deadline > last->first)) last = {deadline, account};
  }
  if (!stays_active && last && agreement.state().agreed) std::erase(expired, last->second);
  agreement.change_members(expired, MemberStatus::kExpired);
}

}  // namespace

void start_block(Context& context, const BlockHash& parent_hash) {
  for (const auto& shard : kBlockWork.get(context.state)) add_pending(context, shard, parent_hash);
  kBlockWork.erase(context.state);
  forget_confirmations(context);
}

void pass_time(Context& context) {
  for (const auto& [id, shard] : kShards.entries(context.state)) {
    ShardChange change(context, id);
    expire_members(context, change.agreement());
    change.agreement().pass_time();
    std::move(change).commit();
  }
}

void finish_block(Context& context) {
  std::set<ShardId> named;
  for (const auto& entry : context.journal) {
    if (const auto* call = std::get_if<registry::CallForwarded>(&entry)) named.insert(call->shard);
    if (const auto* founded = std::get_if<registry::ShardFounded>(&entry)) named.insert(founded->shard);
  }
  std::vector<ShardId> work;
  for (const auto& shard : named) {
    if (registry::has_work(context.journal, shard)) work.push_back(shard);
  }
  if (!work.empty()) kBlockWork.put(context.state, work);
}

}  // namespace substratee::node::runtime::substratee_registry
