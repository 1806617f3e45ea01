#pragma once

/// HTTP/1.1 and WebSocket on one port, for strangers: every connection has a time limit and a memory limit.
/// One thread does all input and output; handlers run on worker threads and may block.
/// Answers by itself: 400, 404, 405, 413, 429 (too many connections from one address), 431, 500, 503 (too many
/// connections or waiting requests), 505 (a streamed answer to HTTP/1.0), OPTIONS and HEAD; 403 to web pages of other
/// origins than those allowed.

#include "net/failure.hpp"
#include "net/routes.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace substratee::net {

struct ServerOptions {
  std::string bind_address = "127.0.0.1";          ///< IPv4 or IPv6 address, no name
  std::uint16_t port = 0;                          ///< 0: any free one
  std::size_t max_body = std::size_t{5} << 20;     ///< bytes of a request body or WebSocket message
  std::size_t max_queued = std::size_t{16} << 20;  ///< bytes waiting for one WebSocket client
  /// Bytes that clients may make the server hold in all, beyond 256 KiB each: messages and bodies that have come, and
  /// what waits to be taken. When they are used up, WebSockets that hold more than that are closed, and HTTP requests
  /// and answers that need more get 503.
  std::size_t max_memory = std::size_t{256} << 20;
  std::size_t max_connections = 1000;
  std::size_t max_connections_per_address = 64;
  std::size_t max_waiting_requests = 1000;              ///< HTTP requests waiting for a worker thread
  std::chrono::milliseconds idle_timeout{60'000};       ///< between requests; WebSocket pings after half of it
  std::chrono::milliseconds request_timeout{30'000};    ///< to send one request, and again to take the answer
  std::chrono::milliseconds stream_timeout{3'600'000};  ///< to take a streamed answer; request_timeout for each piece
  unsigned threads = 4;                                 ///< worker threads, at least 1
  /// Web pages that may call ("https://example.org"), by POST and by WebSocket. Empty: any (CORS "*"). Programs that
  /// are no browsers are not concerned.
  std::vector<std::string> allowed_origins{};
};

class Server {
 public:
  explicit Server(ServerOptions options);
  ~Server();  ///< stops
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Before start only. See Routes for how paths match.
  void route(std::string method, std::string path, HttpHandler handler);
  void websocket(std::string path, WebSocketHandlers handlers);

  /// Listens. Fails with kBadUrl (bind_address) or kSystem (port taken or not permitted). Once only.
  [[nodiscard]] Result<void> start();

  /// The port listened on; 0 before start.
  [[nodiscard]] std::uint16_t port() const noexcept;

  /// Ends every connection, waits for running handlers, joins all threads. Not to be called by a handler.
  void stop();

 private:
  class Engine;
  std::unique_ptr<Engine> engine_;
};

}  // namespace substratee::net
