#include "node/runtime/pallets/substratee_registry/pallet.hpp"

#include "node/runtime/pallets/substratee_registry/handlers.hpp"

namespace substratee::node::runtime::substratee_registry {
namespace {

DispatchResult<> to_dispatch_result(const Result<>& result) {
  if (result) return {};
  return std::unexpected(to_dispatch(result.error()));
}

struct Dispatch {
  Context& context;
  const Origin& origin;

  template <class Call, class Handler>
  DispatchResult<> by_account(const Call& call, Handler handler) const {
    const auto sender = SUBSTRATEE_TRY(ensure_signed(origin));
    return to_dispatch_result(handler(context, sender, call));
  }
  template <class Call, class Handler>
  DispatchResult<> by_root(const Call& call, Handler handler) const {
    SUBSTRATEE_TRY(ensure_root(origin));
    return to_dispatch_result(handler(context, call));
  }

  DispatchResult<> operator()(const registry::RegisterEnclave& call) const {
    return by_account(call, register_enclave);
  }
  DispatchResult<> operator()(const registry::UnregisterEnclave&) const {
    const auto sender = SUBSTRATEE_TRY(ensure_signed(origin));
    return to_dispatch_result(unregister_enclave(context, sender));
  }
  DispatchResult<> operator()(const registry::FoundShard& call) const { return by_account(call, found_shard); }
  DispatchResult<> operator()(const registry::CallWorker& call) const {
    // A call's sender must be who signed the extrinsic: it is part of what the seal authenticates.
    if (const auto* by = std::get_if<Signed>(&origin); by == nullptr || !by->top_level)
      return std::unexpected(to_dispatch(Error::kNotTopLevel));
    return by_account(call, call_worker);
  }
  DispatchResult<> operator()(const registry::ConfirmBlock& call) const { return by_account(call, confirm_block); }
  DispatchResult<> operator()(const registry::RecordKeyRelease& call) const {
    return by_account(call, record_key_release);
  }
  DispatchResult<> operator()(const registry::AllowMeasurement& call) const { return by_root(call, allow_measurement); }
  DispatchResult<> operator()(const registry::RemoveMeasurement& call) const {
    return by_root(call, remove_measurement);
  }
  DispatchResult<> operator()(const registry::Quarantine& call) const { return by_root(call, quarantine); }
  DispatchResult<> operator()(const registry::RegisterCollateral& call) const {
    return by_account(call, register_collateral);
  }
  DispatchResult<> operator()(const registry::SetPolicy& call) const { return by_root(call, set_policy); }
};

}  // namespace

DispatchResult<> Pallet::dispatch(Context& context, const Origin& origin, const Call& call) {
  return std::visit(Dispatch{context, origin}, call);
}

Result<CallingMember> calling_member(const Context& context, const AccountId& sender, const ShardId& shard,
                                     const registry::Instance& instance) {
  auto found = kShards.find(context.state, shard);
  if (!found) return std::unexpected(Error::kUnknownShard);
  auto enclave = find_enclave(context.state, sender);
  if (!enclave) return std::unexpected(Error::kNotRegistered);
  if (enclave->instance != instance) return std::unexpected(Error::kWrongInstance);
  SUBSTRATEE_TRY(check_charter(found->charter, enclave->hardware, enclave->measurement));
  const auto member = kMembers.find(context.state, shard, sender);
  if (!member) return std::unexpected(Error::kNotAMember);
  if (member->status == MemberStatus::kQuarantined) return std::unexpected(Error::kQuarantined);
  if (member->status == MemberStatus::kExpired) return std::unexpected(Error::kExpired);
  // A lapsed registration still confirms for a while, but it is no way in.
  if (member->status == MemberStatus::kJoining && has_lapsed(context, *enclave)) {
    return std::unexpected(Error::kExpired);
  }
  return CallingMember{*std::move(found), *std::move(enclave), *member};
}

Result<> check_charter(const registry::Charter& charter, bool hardware, const registry::Measurement& measurement) {
  if (charter.hardware_required && !hardware) return std::unexpected(Error::kPolicyRefused);
  if (std::ranges::find(charter.measurements.value, measurement) == charter.measurements.value.end()) {
    return std::unexpected(Error::kWrongMeasurement);
  }
  return {};
}

bool has_lapsed(const Context& context, const registry::Enclave& enclave) {
  return moment_of(context).time >= enclave.valid_until;
}

bool is_allowed(const Context& context, const registry::Measurement& measurement) {
  const auto allowed = kAllowedMeasurements.get(context.state);
  return std::ranges::find(allowed.value, measurement) != allowed.value.end();
}

}  // namespace substratee::node::runtime::substratee_registry
