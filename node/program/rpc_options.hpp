#pragma once

/// The flags of substratee-node that concern JSON-RPC: who may call, and how much.

#include "net/json_rpc_server.hpp"

namespace CLI {
class App;
}

namespace substratee::node::program {

struct RpcOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 9944;
  std::vector<std::string> origins{"all"};  ///< of web pages; "all" or some
  std::size_t max_connections = 1000;
  std::size_t max_connections_per_address = 64;
  std::size_t max_subscriptions = 256;  ///< of one connection
  std::size_t max_request = 15;         ///< MiB
  std::size_t max_response = 15;        ///< MiB
  unsigned max_rate = 0;                ///< requests a second of one connection; 0: no limit

  [[nodiscard]] net::ServerOptions server() const;
  [[nodiscard]] net::JsonRpcOptions json_rpc() const;
};

/// `options` is filled in when `app` parses.
void add_rpc_flags(CLI::App& app, RpcOptions& options);

}  // namespace substratee::node::program
