#include "node/runtime/pallets/substratee_registry/shard_change.hpp"

#include "node/runtime/pallets/timestamp/timestamp.hpp"

namespace substratee::node::runtime::substratee_registry {
namespace {

struct Report {
  Context& context;
  const ShardId& shard;

  void operator()(const StatusChanged& change) const {
    if (change.status == MemberStatus::kQuarantined) bar_platform(context, change.account);
    announce_member(context, shard, change.account, change.status);
  }
  void operator()(const AgreementReached& reached) const {
    const auto& agreed = reached.agreed;
    context.journal.emplace_back(registry::StateAgreed{shard, agreed, reached.active, {reached.confirmed_by}});
    context.deposit(kIndex, Event{StateAgreed{shard, agreed.block_number, agreed.block_hash, agreed.receipts_root,
                                              agreed.state_cid, reached.active, reached.confirmed_by}});
    const auto forget_at = context.number() + kConfirmationsKept;
    auto list = kForgetAt.get(context.state, forget_at);
    list.emplace_back(shard, agreed.block_number);
    kForgetAt.put(context.state, forget_at, list);
  }
  void operator()(const Diverged& diverged) const {
    context.deposit(kIndex, Event{MemberDiverged{shard, diverged.block, diverged.account}});
  }
  void operator()(const DisputeBegan& dispute) const { context.deposit(kIndex, Event{Disputed{shard, dispute.block}}); }
};

}  // namespace

void announce_member(Context& context, const ShardId& shard, const AccountId& account,
                     std::optional<MemberStatus> status) {
  const auto enclave = find_enclave(context.state, account);
  const auto instance = enclave ? enclave->instance : registry::Instance{};
  context.journal.emplace_back(registry::MemberChanged{shard, account, instance, status});
  context.deposit(kIndex, Event{MemberChanged{shard, account, status}});
}

std::optional<registry::Enclave> find_enclave(const StateView& state, const AccountId& account) {
  const auto index = kEnclaveIndex.find(state, account);
  return index ? kEnclaveRegistry.find(state, *index) : std::nullopt;
}

Moment moment_of(const Context& context) { return {context.number(), timestamp::kNow.get(context.state)}; }

void bar_platform(Context& context, const AccountId& account) {
  if (const auto enclave = find_enclave(context.state, account)) {
    kQuarantinedPlatforms.put(context.state, enclave->platform_id, {});
  }
  if (const auto departed = kDepartedPlatforms.find(context.state, account)) {
    kQuarantinedPlatforms.put(context.state, *departed, {});
  }
}

ShardChange::ShardChange(Context& context, const ShardId& id)
    : context_(context),
      id_(id),
      shard_(kShards.get(context.state, id)),
      agreement_(load_state(), moment_of(context), [this](BlockNumber block) { return load_ballot(block); }) {}

ShardState ShardChange::load_state() {
  for (auto& [account, member] : kMembers.entries(context_.state, id_)) members_before_.emplace(account, member);
  pending_before_ = kPendingBlocks.get(context_.state, id_);
  return {.minimum_confirmations = shard_.charter.minimum_confirmations,
          .agreed = shard_.agreed,
          .dispute = kDisputes.find(context_.state, id_),
          .members = members_before_,
          .pending = pending_before_,
          .ballots = {}};
}

std::optional<BlockConfirmations> ShardChange::load_ballot(BlockNumber block) {
  auto found = kConfirmations.find(context_.state, id_, block);
  if (found) ballots_before_.emplace(block, *found);
  return found;
}

void ShardChange::commit() && {
  const auto& after = agreement_.state();
  write_members();
  write_ballots();
  write_pending();
  report();
  shard_.agreed = after.agreed;
  shard_.disputed = after.dispute.has_value();
  if (after.dispute) {
    kDisputes.put(context_.state, id_, *after.dispute);
  } else {
    kDisputes.erase(context_.state, id_);
  }
  // Without an agreed state only the founder has the key; when it is out, nobody can pass the key on.
  if (shard_.shielding_key && !shard_.agreed && agreement_.active_count() == 0) reopen_founding();
  kShards.put(context_.state, id_, shard_);
}

void ShardChange::write_members() {
  const auto& after = agreement_.state().members;
  for (const auto& [account, member] : after) {
    const auto before = members_before_.find(account);
    if (before == members_before_.end() || before->second != member) kMembers.put(context_.state, id_, account, member);
  }
  for (const auto& [account, member] : members_before_) {
    if (!after.contains(account)) kMembers.erase(context_.state, id_, account);
  }
}

void ShardChange::write_ballots() {
  for (const auto& [block, ballot] : agreement_.state().ballots) {
    const auto before = ballots_before_.find(block);
    if (before == ballots_before_.end() || before->second != ballot)
      kConfirmations.put(context_.state, id_, block, ballot);
  }
}

void ShardChange::write_pending() {
  const auto& after = agreement_.state().pending;
  if (after.size() == pending_before_.size()) return;
  for (const auto block : pending_before_) {
    if (!std::ranges::binary_search(after, block)) kPending.erase(context_.state, id_, block);
  }
  kPendingBlocks.put(context_.state, id_, after);
}

void ShardChange::report() {
  for (const auto& effect : agreement_.effects()) std::visit(Report{context_, id_}, effect);
}

void ShardChange::reopen_founding() {
  for (const auto block : agreement_.state().pending) {
    kPending.erase(context_.state, id_, block);
    kConfirmations.erase(context_.state, id_, block);
  }
  kPendingBlocks.erase(context_.state, id_);
  kDisputes.erase(context_.state, id_);
  shard_.disputed = false;
  shard_.shielding_key.reset();
  shard_.founded_at.reset();
  context_.journal.emplace_back(registry::FoundingReopened{id_, shard_.epoch});
  context_.deposit(kIndex, Event{FoundingReopened{id_, shard_.epoch}});
}

}  // namespace substratee::node::runtime::substratee_registry
