#pragma once

/// The node's JSON-RPC methods (Substrate's names and forms, and our own) and its HTTP routes.
/// Every handler runs on a worker thread of the server: it reads the store, or asks the chain's thread.
/// legacy/: the methods that polkadot.js uses; modern/: the groups of the new specification
/// (https://paritytech.github.io/json-rpc-interface-spec).

#include "net/json_rpc_server.hpp"
#include "node/api/feed.hpp"
#include "node/service/chain_spec.hpp"
#include "node/service/chain_thread.hpp"

namespace substratee::node::api {

using primitives::BlockHash;
using primitives::BlockNumber;

/// What the handlers need; all of it outlives the server.
struct NodeContext {
  const storage::ChainStore& store;
  service::ChainThread& chain;
  Feed& feed;
  std::string version;  ///< of the program
  service::ChainIdentity identity = {};
};

/// All of them, and GET /health and /ready.
void serve_node_api(net::Server& http, net::JsonRpcServer& rpc, const NodeContext& context);

/// Of all methods; behind the groups.
void name_params(net::JsonRpcServer& server);

// The groups, for serve_node_api.
void add_system_methods(net::JsonRpcServer& server, const NodeContext& context);
void add_chain_methods(net::JsonRpcServer& server, const NodeContext& context);
void add_state_methods(net::JsonRpcServer& server, const NodeContext& context);
void add_state_lists(net::JsonRpcServer& server, const NodeContext& context);
void add_author_methods(net::JsonRpcServer& server, const NodeContext& context);
void add_payment_methods(net::JsonRpcServer& server, const NodeContext& context);
void add_attestation_methods(net::JsonRpcServer& server, const NodeContext& context);
void add_chain_spec_methods(net::JsonRpcServer& server, const NodeContext& context);
void add_chain_head_methods(net::JsonRpcServer& server, const NodeContext& context);
void add_transaction_methods(net::JsonRpcServer& server, const NodeContext& context);
void add_archive_methods(net::JsonRpcServer& server, const NodeContext& context);

}  // namespace substratee::node::api
