#pragma once

/// One WebSocket connection, seen from the server. RFC 6455.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace substratee::net {

/// Every function may be called from any thread, also after the connection has ended.
class WebSocketSession {
 public:
  virtual ~WebSocketSession() = default;

  /// Queues a text message and returns at once. False if the connection is closed. A client so slow that more than
  /// ServerOptions::max_queued bytes would wait for it is closed.
  virtual bool send(std::string text) = 0;

  /// Says goodbye and ends the connection; what is queued may be lost.
  virtual void close() = 0;

  [[nodiscard]] virtual bool is_open() const = 0;
  [[nodiscard]] virtual const std::string& peer_address() const = 0;
};

/// Run on the server's worker threads, for one connection strictly one after the other: on_open, on_text …, on_close.
/// on_close is called once for each on_open. The session is shared: the server holds it while the connection lives,
/// a handler as long as it wants to send. No message is read while a handler runs, so that a handler must answer
/// within ServerOptions::idle_timeout.
struct WebSocketHandlers {
  std::function<void(const std::shared_ptr<WebSocketSession>&)> on_open;
  std::function<void(const std::shared_ptr<WebSocketSession>&, std::string text)> on_text;
  std::function<void(const std::shared_ptr<WebSocketSession>&)> on_close;
};

}  // namespace substratee::net
