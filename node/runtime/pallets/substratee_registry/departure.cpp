#include "node/runtime/pallets/substratee_registry/handlers.hpp"

namespace substratee::node::runtime::substratee_registry {
namespace {

/// The last entry takes the freed index: indices stay 1 to EnclaveCount.
void remove_entry(Context& context, const AccountId& account, std::uint64_t index) {
  const auto last = kEnclaveCount.get(context.state);
  if (index != last) {
    const auto moved = kEnclaveRegistry.find(context.state, last);
    SUBSTRATEE_CHECK(moved.has_value());
    kEnclaveRegistry.put(context.state, index, *moved);
    kEnclaveIndex.put(context.state, moved->account, index);
  }
  kEnclaveRegistry.erase(context.state, last);
  kEnclaveIndex.erase(context.state, account);
  kEnclaveCount.put(context.state, last - 1);
}

}  // namespace

Result<> unregister_enclave(Context& context, const AccountId& sender) {
  const auto index = kEnclaveIndex.find(context.state, sender);
  if (!index) return std::unexpected(Error::kNotRegistered);
  kDepartedPlatforms.put(context.state, sender, kEnclaveRegistry.get(context.state, *index).platform_id);
  for (const auto& [shard, value] : kShards.entries(context.state)) {
    const auto member = kMembers.find(context.state, shard, sender);
    // Leaving is no way out of quarantine.
    if (!member || member->status == MemberStatus::kQuarantined) continue;
    announce_member(context, shard, sender, std::nullopt);
    ShardChange change(context, shard);
    change.agreement().change_member(sender, std::nullopt);
    std::move(change).commit();
  }
  remove_entry(context, sender, *index);
  kEnclaveEvidence.erase(context.state, sender);
  context.deposit(kIndex, Event{RemovedEnclave{sender}});
  return {};
}

}  // namespace substratee::node::runtime::substratee_registry
