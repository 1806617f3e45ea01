#pragma once

/// One subscription of one WebSocket client, as the side that has news sees it.

#include "net/json_rpc.hpp"
#include "net/websocket_session.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace substratee::net {

/// Every function may be called from any thread. Shared: the connection holds it until the subscription ends, the
/// publisher as long as it likes.
class Subscriber {
 public:
  Subscriber(std::string id, std::string notification, std::weak_ptr<WebSocketSession> session);
  Subscriber(const Subscriber&) = delete;
  Subscriber& operator=(const Subscriber&) = delete;

  /// Sends one notification, always behind the answer to the subscribe call. False once the subscription has ended;
  /// a client too slow for it is closed (see WebSocketSession::send).
  bool notify(const json::value& result);

  /// Called once when the subscription ends: unsubscribed, refused, connection closed, server stopped. At once if it
  /// has ended already.
  void on_end(std::function<void()> callback);

  [[nodiscard]] bool is_open() const;
  [[nodiscard]] const std::string& id() const noexcept { return id_; }

  /// For JsonRpcServer: the answer is out, what waited may follow.
  void activate();
  /// For JsonRpcServer.
  void end();

 private:
  enum class State { kWaiting, kActive, kEnded };

  const std::string id_;
  const std::string notification_;
  const std::weak_ptr<WebSocketSession> session_;
  mutable std::mutex mutex_;
  State state_ = State::kWaiting;
  std::vector<std::string> waiting_;
  std::vector<std::function<void()>> callbacks_;
};

}  // namespace substratee::net
