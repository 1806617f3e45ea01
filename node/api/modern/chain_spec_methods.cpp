#include "node/api/json_forms.hpp"
#include "node/api/node_api.hpp"

namespace substratee::node::api {

void add_chain_spec_methods(net::JsonRpcServer& server, const NodeContext& context) {
  server.method("chainSpec_v1_chainName",
                [context](const json::array&) -> net::RpcResult { return json::value(context.identity.name); });
  server.method("chainSpec_v1_genesisHash",
                [context](const json::array&) -> net::RpcResult { return hex_json(context.store.genesis_hash()); });
  server.method("chainSpec_v1_properties",
                [context](const json::array&) -> net::RpcResult { return properties_json(context.identity); });
}

}  // namespace substratee::node::api
