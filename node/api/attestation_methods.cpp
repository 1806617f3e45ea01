#include "core/attestation/policy/policy.hpp"
#include "node/api/json_forms.hpp"
#include "node/api/node_api.hpp"
#include "node/runtime/pallets/substratee_registry/appraisal.hpp"

namespace substratee::node::api {
namespace {

namespace pallet = runtime::substratee_registry;

RpcError invalid(std::string text) { return {net::kInvalidParams, std::move(text), std::nullopt}; }

Parsed<std::optional<attestation::Policy>> policy_in(const Params& params) {
  const auto bytes = SUBSTRATEE_TRY(params.optional_bytes(0, "policy"));
  if (!bytes) return std::optional<attestation::Policy>{};
  const auto policy = scale::decode<attestation::Policy>(*bytes);
  if (!policy) return std::unexpected(invalid("policy: not the SCALE form of a policy of this node"));
  return std::optional(*policy);
}

Parsed<std::optional<attestation::UnixSeconds>> time_in(const Params& params) {
  const auto* value = params.find(1);
  if (value == nullptr) return std::optional<attestation::UnixSeconds>{};
  const auto seconds = rpc::number_from_json(*value);
  // The year 36812: what is added to it still fits.
  constexpr attestation::UnixSeconds kMost = 1ull << 40;
  if (!seconds || *seconds > kMost) return std::unexpected(invalid("time: seconds since 1970 are needed"));
  return std::optional(*seconds);
}

rpc::MemberProspect to_rpc(const pallet::Prospect& one) {
  const auto& enclave = one.enclave;
  const auto& evidence = one.appraisal.evidence;
  rpc::MemberProspect out;
  out.account = enclave.account;
  for (const auto& [shard, status] : one.shards) out.shards.emplace_back(shard, registry::to_string(status));
  out.kind = attestation::to_code(enclave.kind);
  out.hardware = enclave.hardware;
  out.tcb_status = attestation::to_string(evidence ? evidence->tcb_status : enclave.tcb_status);
  out.advisories = evidence ? evidence->advisories : enclave.advisories.value;
  out.measurement = enclave.measurement;
  out.platform_id = enclave.platform_id;
  out.standing = pallet::to_string(one.appraisal.standing);
  out.error = one.appraisal.code();
  out.reason = one.appraisal.reason();
  out.valid_until = one.valid_until / 1000;
  out.confirms_until = one.confirms_until / 1000;
  return out;
}

net::RpcResult appraise_members(const NodeContext& context, const json::array& raw) {
  const Params params(raw);
  const auto policy = SUBSTRATEE_TRY(policy_in(params));
  const auto time = SUBSTRATEE_TRY(time_in(params));
  const auto named = SUBSTRATEE_TRY(params.optional_hash(2, "at"));
  rpc::MemberProspects out;
  out.at = named ? *named : context.store.best().hash;
  const auto state = context.store.at(out.at);
  if (!state) return std::unexpected(to_rpc_error(state.error()));
  out.time = std::max(time.value_or(0), pallet::attestation_time(**state));
  for (const auto& one : pallet::appraise_members(**state, policy, time)) out.members.push_back(to_rpc(one));
  return rpc::to_json(out);
}

}  // namespace

void add_attestation_methods(net::JsonRpcServer& server, const NodeContext& context) {
  server.method(rpc::node_method::kAppraiseMembers,
                [context](const json::array& params) { return appraise_members(context, params); });
}

}  // namespace substratee::node::api
