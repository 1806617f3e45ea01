#pragma once

/// One WebSocket connection to a server, with a thread of its own for input and output.

#include "net/failure.hpp"
#include "net/url.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace substratee::net {

struct WebSocketOptions {
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds idle_timeout{60'000};   ///< pings after half of it; a silent server is then closed
  std::size_t max_message = std::size_t{64} << 20;  ///< bytes received in one message
  std::size_t max_queued = std::size_t{64} << 20;   ///< bytes waiting to be sent
};

/// Called on the connection's thread: they must not block, nor destroy the client.
struct WebSocketEvents {
  std::function<void(std::string text)> on_text;
  std::function<void(const Failure& why)> on_closed;  ///< once; nothing follows
};

class WebSocketClient {
 public:
  [[nodiscard]] static Result<std::unique_ptr<WebSocketClient>> connect(const Url& url, WebSocketEvents events,
                                                                        const WebSocketOptions& options = {});
  ~WebSocketClient();  ///< closes and joins
  WebSocketClient(const WebSocketClient&) = delete;
  WebSocketClient& operator=(const WebSocketClient&) = delete;

  /// Queues a text message; thread-safe. Fails with kClosed, or kTooLarge if too much waits already.
  [[nodiscard]] Result<void> send(std::string text);

  [[nodiscard]] bool is_open() const;

  /// Ends the connection from any thread; on_closed follows.
  void close();

 private:
  class Link;
  explicit WebSocketClient(std::unique_ptr<Link> link);
  std::unique_ptr<Link> link_;
};

}  // namespace substratee::net
