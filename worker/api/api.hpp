#pragma once

/// What strangers can ask of a worker (rpc/worker_api.hpp): JSON-RPC over WebSocket and POST at "/", and
/// GET /health (200 while the process lives), GET /ready (200 when live and caught up, else 503), both with JSON, and
/// GET /equivocation (the evidence, or 404).

#include "net/json_rpc_server.hpp"
#include "worker/driver/query_desk.hpp"

#include <chrono>
#include <functional>

namespace substratee::worker::api {

/// Limits of the port.
[[nodiscard]] net::ServerOptions server_options(const std::string& address, std::uint16_t port);

class Api {
 public:
  /// The public proof of the agreement on a block, SCALE of proof::AgreementProof; empty: there is none. Any thread.
  using AgreementSource = std::function<Bytes(primitives::BlockNumber)>;

  /// `desk` must outlive the server. A query waits for the driver at most `patience`.
  Api(driver::QueryDesk& desk, std::string version, AgreementSource agreements,
      std::chrono::milliseconds patience = std::chrono::seconds(10));

  /// Before the server's start.
  void mount(net::Server& server);

 private:
  driver::QueryDesk& desk_;
  net::JsonRpcServer methods_;
};

}  // namespace substratee::worker::api
