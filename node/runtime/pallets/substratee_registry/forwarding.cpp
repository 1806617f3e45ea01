#include "node/runtime/pallets/substratee_registry/handlers.hpp"

namespace substratee::node::runtime::substratee_registry {

Result<> call_worker(Context& context, const AccountId& sender, const registry::CallWorker& call) {
  if (scale::encode(call.sealed_call).size() > registry::kMaxSealedCallSize) {
    return std::unexpected(Error::kSealedCallTooLarge);
  }
  const auto shard = kShards.find(context.state, call.shard);
  if (!shard) return std::unexpected(Error::kUnknownShard);
  if (!shard->shielding_key) return std::unexpected(Error::kNoKey);
  if (kPendingBlocks.get(context.state, call.shard).size() >= registry::kMaxPending)
    return std::unexpected(Error::kBacklog);

  context.journal.emplace_back(registry::CallForwarded{call.shard, sender, call.sealed_call});
  context.deposit(kIndex, Event{Forwarded{sender, call.shard, registry::call_hash(call.sealed_call)}});
  return {};
}

}  // namespace substratee::node::runtime::substratee_registry
