#include "node/api/json_forms.hpp"
#include "node/api/node_api.hpp"

#include "core/primitives/ss58.hpp"

namespace substratee::node::api {

namespace {

net::RpcResult account_next_index(const NodeContext& context, const json::array& params) {
  const auto* text = Params(params).find(0);
  const auto address =
      text != nullptr && text->is_string() ? primitives::from_ss58(std::string_view(text->get_string())) : std::nullopt;
  if (!address) return net::invalid_params("account: expected an SS58 address");
  const auto nonce = context.chain.ask([&](service::Chain& chain) { return chain.next_nonce(address->account); });
  if (!nonce) return std::unexpected(busy_error());
  return json::value(*nonce);
}

json::value health_json() { return json::object{{"peers", 0}, {"isSyncing", false}, {"shouldHavePeers", false}}; }

net::MethodHandler constant(json::value value) {
  return [value = std::move(value)](const json::array&) -> net::RpcResult { return value; };
}

}  // namespace

void add_system_methods(net::JsonRpcServer& server, const NodeContext& context) {
  server.method("system_chain", constant("substraTEE Development"));
  server.method("system_chainType", constant("Development"));
  server.method("system_name", constant("substraTEE Node"));
  server.method("system_version", constant(json::value(context.version)));
  server.method("system_health", constant(health_json()));
  server.method("system_properties",
                constant(json::object{
                    {"ss58Format", primitives::kGenericSs58Prefix}, {"tokenDecimals", 12}, {"tokenSymbol", "UNIT"}}));
  server.method("system_accountNextIndex",
                [context](const json::array& params) { return account_next_index(context, params); });
  server.alias("account_nextIndex", "system_accountNextIndex");
}

void serve_node_api(net::Server& http, net::JsonRpcServer& rpc, const NodeContext& context) {
  add_system_methods(rpc, context);
  add_chain_methods(rpc, context);
  add_state_methods(rpc, context);
  add_author_methods(rpc, context);
  add_attestation_methods(rpc, context);
  rpc.mount(http);
  http.route("GET", "/health",
             [](const net::Request&) { return net::Response::json(200, json::serialize(health_json())); });
  http.route("GET", "/ready", [context](const net::Request&) {
    const auto alive = context.chain.ask([](service::Chain&) { return true; });
    return alive ? net::Response::text(200, "ready\n") : net::Response::text(503, "stopping or overloaded\n");
  });
}

}  // namespace substratee::node::api
