#pragma once

/// One subscription of one WebSocket client, as the side that has news sees it.

#include "net/json_rpc.hpp"
#include "net/websocket_session.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace substratee::net {

/// Bytes that a connection's subscriptions make their publishers keep. Safe from any thread.
class SubscriptionMemory {
 public:
  explicit SubscriptionMemory(std::size_t max) noexcept : left_(max) {}
  [[nodiscard]] bool take(std::size_t bytes);
  void give(std::size_t bytes);

 private:
  std::mutex mutex_;
  std::size_t left_;
};

/// Every function may be called from any thread. Shared: the connection holds it until the subscription ends, the
/// publisher as long as it likes.
class Subscriber {
 public:
  /// `waiting`: pays for the connection's notifications that wait for the answer to a subscribe call; without it their
  /// bytes are not bounded.
  Subscriber(std::string id, std::string notification, std::weak_ptr<WebSocketSession> session,
             std::shared_ptr<SubscriptionMemory> memory, std::shared_ptr<SubscriptionMemory> waiting = nullptr);
  ~Subscriber();
  Subscriber(const Subscriber&) = delete;
  Subscriber& operator=(const Subscriber&) = delete;

  /// Sends one notification, always behind the answer to the subscribe call. False once the subscription has ended;
  /// a client too slow for it is closed (see WebSocketSession::send).
  bool notify(const json::value& result);
  /// The same for a result that is JSON text already, for publishers with many subscribers.
  bool notify_text(std::string_view result);

  /// Before the publisher keeps `bytes` for this subscription. False: the connection has the most that it may have.
  [[nodiscard]] bool reserve(std::size_t bytes);

  /// Runs `job` once, behind the answer to the subscribe call, on the thread that gave it; at once if that is out.
  void when_open(std::function<void()> job);

  /// The publisher has nothing more to say; the place in the connection's count is free again.
  void finish();

  /// Called once when the subscription ends: unsubscribed, refused, connection closed, server stopped. At once if it
  /// has ended already.
  void on_end(std::function<void()> callback);

  [[nodiscard]] bool is_open() const;
  /// Unsubscribed, refused, or finished by its publisher.
  [[nodiscard]] bool has_ended() const;
  [[nodiscard]] const std::string& id() const noexcept { return id_; }

  /// For JsonRpcServer: the answer is out, what waited may follow.
  void activate();
  /// For JsonRpcServer.
  void end();

 private:
  [[nodiscard]] bool pay_for_waiting(std::size_t bytes);
  void drop_waiting();

  enum class State { kWaiting, kActive, kEnded };

  const std::string id_;
  const std::string notification_;
  const std::weak_ptr<WebSocketSession> session_;
  const std::shared_ptr<SubscriptionMemory> memory_;
  const std::shared_ptr<SubscriptionMemory> waiting_memory_;
  mutable std::mutex mutex_;
  State state_ = State::kWaiting;
  std::size_t reserved_ = 0;
  std::vector<std::string> waiting_;
  std::size_t waiting_bytes_ = 0;
  bool is_finished_ = false;  ///< ends when it is active
  std::vector<std::function<void()>> when_open_;
  std::vector<std::function<void()>> callbacks_;
};

}  // namespace substratee::net
