#include "core/primitives/ss58.hpp"
#include "node/api/state_access.hpp"
#include "node/runtime/api/answers.hpp"

namespace substratee::node::api {

namespace {

net::RpcResult account_next_index(const NodeContext& context, const json::array& params) {
  const auto text = SUBSTRATEE_TRY(Params(params).text(0, "account"));
  const auto address = primitives::from_ss58(text);
  if (!address) return net::invalid_params("account: expected an SS58 address");
  const auto nonce = context.chain.ask([&](service::Chain& chain) { return chain.next_nonce(address->account); });
  if (!nonce) return std::unexpected(busy_error());
  return json::value(*nonce);
}

/// SCALE of ApplyExtrinsicResult: Result<Result<(), DispatchError>, TransactionValidityError>.
Bytes encode_outcome(const std::expected<runtime::ApplyOutcome, runtime::InvalidReason>& outcome, BlockNumber best) {
  if (!outcome) return runtime::api::encode_validity(std::unexpected(outcome.error()), best);
  if (outcome->success) return {0, 0};
  Bytes out{0, 1};
  append(out, scale::encode(outcome->error.value_or(runtime::DispatchError{})));
  return out;
}

net::RpcResult dry_run(const NodeContext& context, const json::array& raw) {
  const Params params(raw);
  const auto extrinsic = SUBSTRATEE_TRY(params.bytes(0, "extrinsic"));
  const auto at = SUBSTRATEE_TRY(state_at(context, params, 1));
  runtime::BlockExecution block(*at.state, at.block.number + 1, at.block.hash);
  const auto timestamp = runtime::timestamp_inherent(runtime::timestamp_now(*at.state) + 1);
  if (!block.apply(timestamp)) return std::unexpected(client_error("no block can follow this one"));
  const auto outcome = block.apply(extrinsic);
  if (!outcome && outcome.error() == runtime::InvalidReason::kMalformed) {
    return std::unexpected(undecodable_error("Unable to dry run extrinsic."));
  }
  return hex_json(encode_outcome(outcome, at.block.number));
}

net::RpcResult sync_state(const NodeContext& context) {
  const auto best = context.store.best().number;
  return json::object{{"startingBlock", 0}, {"currentBlock", best}, {"highestBlock", best}};
}

net::MethodHandler constant(json::value value) {
  return [value = std::move(value)](const json::array&) -> net::RpcResult { return value; };
}

}  // namespace

void add_system_methods(net::JsonRpcServer& server, const NodeContext& context) {
  server.method("system_chain", constant(json::value(context.identity.name)));
  server.method("system_chainType", constant(json::value(context.identity.type)));
  server.method("system_name", constant("substraTEE Node"));
  server.method("system_version", constant(json::value(context.version)));
  server.method("system_health",
                constant(json::object{{"peers", 0}, {"isSyncing", false}, {"shouldHavePeers", false}}));
  server.method("system_properties", constant(properties_json(context.identity)));
  // A node of one authority has no network; an empty identity says so.
  server.method("system_localPeerId", constant(""));
  server.method("system_localListenAddresses", constant(json::array{}));
  server.method("system_peers", constant(json::array{}));
  server.method("system_nodeRoles", constant(json::array{"Authority"}));
  server.method("system_syncState", [context](const json::array&) { return sync_state(context); });
  server.method("system_accountNextIndex",
                [context](const json::array& params) { return account_next_index(context, params); });
  server.alias("account_nextIndex", "system_accountNextIndex");
  server.method("system_dryRun", [context](const json::array& params) { return dry_run(context, params); });
  server.alias("system_dryRunAt", "system_dryRun");
}

}  // namespace substratee::node::api
