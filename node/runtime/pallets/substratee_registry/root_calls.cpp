#include "node/runtime/pallets/substratee_registry/handlers.hpp"

namespace substratee::node::runtime::substratee_registry {
namespace {

/// Members of that measurement, in every shard, expire at once.
void expire_measurement(Context& context, const registry::Measurement& measurement) {
  for (const auto& [shard, value] : kShards.entries(context.state)) {
    ShardChange change(context, shard);
    std::vector<AccountId> out;
    for (const auto& [account, member] : change.agreement().state().members) {
      if (!is_living(member.status)) continue;
      const auto enclave = find_enclave(context.state, account);
      if (enclave && enclave->measurement == measurement) out.push_back(account);
    }
    change.agreement().change_members(out, MemberStatus::kExpired);
    std::move(change).commit();
  }
}

}  // namespace

Result<> allow_measurement(Context& context, const registry::AllowMeasurement& call) {
  if (is_allowed(context, call.measurement)) return std::unexpected(Error::kAlreadyExists);
  auto allowed = kAllowedMeasurements.get(context.state);
  if (allowed.value.size() >= registry::kMaxMeasurements) return std::unexpected(Error::kTooManyMeasurements);
  allowed.value.push_back(call.measurement);
  kAllowedMeasurements.put(context.state, allowed);
  context.deposit(kIndex, Event{MeasurementAllowed{call.measurement}});
  return {};
}

Result<> remove_measurement(Context& context, const registry::RemoveMeasurement& call) {
  auto allowed = kAllowedMeasurements.get(context.state);
  if (std::erase(allowed.value, call.measurement) == 0) return std::unexpected(Error::kUnknownMeasurement);
  kAllowedMeasurements.put(context.state, allowed);
  context.deposit(kIndex, Event{MeasurementRemoved{call.measurement}});
  expire_measurement(context, call.measurement);
  return {};
}

/// Also of an account that has left: whoever differed is bound, member or not.
Result<> quarantine(Context& context, const registry::Quarantine& call) {
  if (!kShards.contains(context.state, call.shard)) return std::unexpected(Error::kUnknownShard);
  const auto member = kMembers.find(context.state, call.shard, call.account);
  if (member && member->status == MemberStatus::kQuarantined) return std::unexpected(Error::kQuarantined);
  ShardChange change(context, call.shard);
  change.agreement().quarantine(call.account);
  std::move(change).commit();
  return {};
}

}  // namespace substratee::node::runtime::substratee_registry
