#include "node/runtime/pallets/substratee_registry/handlers.hpp"

namespace substratee::node::runtime::substratee_registry {
namespace {

bool is_trusted(const Context& context, const registry::Enclave& enclave) {
  return !has_lapsed(context, enclave) && is_allowed(context, enclave.measurement) &&
         !kQuarantinedPlatforms.contains(context.state, enclave.platform_id);
}

/// Whether the shard's keys may go to that account, under that instance, now.
bool may_receive(const Context& context, const registry::RecordKeyRelease& call) {
  const auto enclave = find_enclave(context.state, call.to);
  const auto member = kMembers.find(context.state, call.shard, call.to);
  if (!enclave || !member || enclave->instance != call.to_instance) return false;
  if (member->status == MemberStatus::kQuarantined || member->status == MemberStatus::kExpired) return false;
  const auto charter = kShards.get(context.state, call.shard).charter;
  if (!check_charter(charter, enclave->hardware, enclave->measurement)) return false;
  return is_trusted(context, *enclave);
}

}  // namespace

Result<> record_key_release(Context& context, const AccountId& sender, const registry::RecordKeyRelease& call) {
  const auto caller = SUBSTRATEE_TRY(calling_member(context, sender, call.shard, call.instance));
  if (caller.member.status != MemberStatus::kActive) return std::unexpected(Error::kNotActive);
  if (!is_trusted(context, caller.enclave)) return std::unexpected(Error::kReleaseRefused);
  // Foundings that were reopened left no secret behind, so the only epoch is the current one.
  if (!caller.shard.shielding_key || call.epoch != caller.shard.epoch) return std::unexpected(Error::kUnknownEpoch);
  if (call.to == sender || !may_receive(context, call)) return std::unexpected(Error::kReleaseRefused);
  if (kKeyReleases.contains(context.state, call.shard, call.session)) return std::unexpected(Error::kAlreadyExists);

  kKeyReleases.put(context.state, call.shard, call.session,
                   {call.epoch, sender, call.to, call.to_instance, call.session, context.number()});
  context.journal.emplace_back(
      registry::KeyReleased{call.shard, call.epoch, sender, call.to, call.to_instance, call.session});
  context.deposit(kIndex, Event{KeyReleased{call.shard, call.epoch, sender, call.to, call.session}});
  return {};
}

}  // namespace substratee::node::runtime::substratee_registry
