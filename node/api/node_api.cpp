#include "node/api/node_api.hpp"

namespace substratee::node::api {

void serve_node_api(net::Server& http, net::JsonRpcServer& rpc, const NodeContext& context) {
  for (const auto add : {add_system_methods, add_chain_methods, add_state_methods, add_state_lists, add_author_methods,
                         add_payment_methods, add_attestation_methods, add_chain_spec_methods, add_chain_head_methods,
                         add_transaction_methods, add_archive_methods}) {
    add(rpc, context);
  }
  name_params(rpc);
  rpc.mount(http);
  http.route("GET", "/health", [](const net::Request&) {
    return net::Response::json(200, R"({"peers":0,"isSyncing":false,"shouldHavePeers":false})");
  });
  http.route("GET", "/ready", [context](const net::Request&) {
    const auto alive = context.chain.ask([](service::Chain&) { return true; });
    return alive ? net::Response::text(200, "ready\n") : net::Response::text(503, "stopping or overloaded\n");
  });
}

}  // namespace substratee::node::api
