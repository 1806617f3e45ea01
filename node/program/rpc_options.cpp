#include "node/program/rpc_options.hpp"

#include <CLI/CLI.hpp>

namespace substratee::node::program {

namespace {

constexpr std::size_t kMebibyte = std::size_t{1} << 20;

std::string check_origin(const std::string& text) {
  const bool is_origin = text == "all" || text == "null" || text.starts_with("http://") ||
                         text.starts_with("https://") || text.find("-extension://") != std::string::npos;
  return is_origin && !text.ends_with('/') ? std::string()
                                           : "expected all, or an origin as browsers send it: https://example.org";
}

template <class T>
void add_limit(CLI::App& app, const std::string& flag, T& value, const std::string& text, T least, T most) {
  app.add_option(flag, value, text)->check(CLI::Range(least, most))->type_name("N")->capture_default_str();
}

}  // namespace

net::ServerOptions RpcOptions::server() const {
  net::ServerOptions out;
  out.bind_address = address;
  out.port = port;
  out.max_body = max_request * kMebibyte;
  // The largest answer, and what else may wait at that moment.
  out.max_queued = std::max(out.max_queued, max_response * kMebibyte + 2 * kMebibyte);
  out.max_connections = max_connections;
  out.max_connections_per_address = max_connections_per_address;
  if (std::ranges::find(origins, "all") == origins.end()) out.allowed_origins = origins;
  return out;
}

net::JsonRpcOptions RpcOptions::json_rpc() const {
  return {.max_subscriptions = max_subscriptions, .max_response = max_response * kMebibyte, .max_rate = max_rate};
}

void add_rpc_flags(CLI::App& app, RpcOptions& options) {
  app.add_option("--rpc-port", options.port, "Port of JSON-RPC (HTTP and WebSocket); 0 takes any free one")
      ->check(CLI::Range(0, 65'535))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--rpc-address", options.address,
                 "Address to listen on; anything but loopback opens the node to strangers")
      ->type_name("ADDR")
      ->capture_default_str();
  app.add_option("--rpc-cors", options.origins, "Web pages that may call: all, or origins; repeatable")
      ->check(check_origin)
      ->delimiter(',')
      ->type_name("all|ORIGIN")
      ->allow_extra_args(false)
      ->capture_default_str();
  constexpr std::size_t kMost = 1'000'000;
  add_limit<std::size_t>(app, "--rpc-max-connections", options.max_connections, "Connections at a time", 1, kMost);
  add_limit<std::size_t>(app, "--rpc-max-connections-per-address", options.max_connections_per_address,
                         "Connections at a time of one address", 1, kMost);
  add_limit<std::size_t>(app, "--rpc-max-subscriptions-per-connection", options.max_subscriptions,
                         "Subscriptions of one connection", 0, kMost);
  add_limit<std::size_t>(app, "--rpc-max-request-size", options.max_request, "MiB of one request or batch", 1, 1024);
  add_limit<std::size_t>(app, "--rpc-max-response-size", options.max_response, "MiB of one answer or batch of answers",
                         1, 1024);
  add_limit<unsigned>(app, "--rpc-rate-limit", options.max_rate,
                      "Requests a second of one connection (over POST: of one address); 0: no limit", 0, kMost);
}

}  // namespace substratee::node::program
