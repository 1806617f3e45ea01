#include "node/runtime/pallets/substratee_registry/handlers.hpp"

namespace substratee::node::runtime::substratee_registry {

Result<> found_shard(Context& context, const AccountId& sender, const registry::FoundShard& call) {
  const auto caller = SUBSTRATEE_TRY(calling_member(context, sender, call.shard, call.instance));
  if (has_lapsed(context, caller.enclave)) return std::unexpected(Error::kExpired);
  if (caller.shard.shielding_key) return std::unexpected(Error::kAlreadyFounded);

  ShardChange change(context, call.shard);
  auto& shard = change.shard();
  ++shard.epoch;
  shard.shielding_key = call.shielding_key;
  shard.founded_at = context.number();
  context.journal.emplace_back(
      registry::ShardFounded{call.shard, shard.epoch, sender, call.instance, call.shielding_key});
  context.deposit(kIndex, Event{ShardFounded{call.shard, shard.epoch, sender, call.shielding_key}});
  change.agreement().change_member(sender, MemberStatus::kActive);
  std::move(change).commit();
  return {};
}

}  // namespace substratee::node::runtime::substratee_registry
