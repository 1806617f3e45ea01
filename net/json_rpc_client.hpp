#pragma once

/// JSON-RPC 2.0 over a WebSocket, for many threads at once. One thread reads, another runs the callbacks: a callback
/// may call() but delays the callbacks behind it.

#include "net/failure.hpp"
#include "net/json_rpc.hpp"
#include "net/websocket_client.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace substratee::net {

/// Either the way to the server failed, or the server answered with an error. The two must not be confused: only
/// the second says something about the request.
struct CallError {
  std::variant<Failure, RpcError> cause;

  [[nodiscard]] const Failure* failure() const { return std::get_if<Failure>(&cause); }
  [[nodiscard]] const RpcError* rpc() const { return std::get_if<RpcError>(&cause); }
  [[nodiscard]] std::string to_string() const;
};

template <class T>
using CallResult = std::expected<T, CallError>;

class JsonRpcClient {
 public:
  using NewsCallback = std::function<void(const json::value& result)>;
  static constexpr std::chrono::milliseconds kDefaultTimeout{10'000};

  [[nodiscard]] static Result<std::unique_ptr<JsonRpcClient>> connect(std::string_view url,
                                                                      const WebSocketOptions& options = {});
  ~JsonRpcClient();  ///< open calls fail with kClosed, waiting news are dropped; joins. Not for a callback to call.
  JsonRpcClient(const JsonRpcClient&) = delete;
  JsonRpcClient& operator=(const JsonRpcClient&) = delete;

  /// Waits for the answer. Failures: kTimeout, kClosed, kProtocol, kTooLarge.
  [[nodiscard]] CallResult<json::value> call(std::string_view method, json::array params = {},
                                             std::chrono::milliseconds timeout = kDefaultTimeout);

  /// The subscription's id, as the server gave it. No notification is lost or out of order, also those that come
  /// before this returns. If news wait unread beyond a bound (4096), the connection is closed.
  [[nodiscard]] CallResult<json::value> subscribe(std::string_view method, json::array params,
                                                  std::string unsubscribe_method, NewsCallback callback,
                                                  std::chrono::milliseconds timeout = kDefaultTimeout);

  /// The callback is not running and will not run again when this returns (called by a callback itself: will not
  /// run again). Then tells the server; true if it knew the subscription.
  CallResult<bool> unsubscribe(const json::value& id, std::chrono::milliseconds timeout = kDefaultTimeout);

  /// Called once on the callback thread when the connection ends; at the next opportunity if it has already ended.
  void on_closed(std::function<void(const Failure&)> callback);

  [[nodiscard]] bool is_open() const;
  void close();

 private:
  class Exchange;
  explicit JsonRpcClient(std::unique_ptr<Exchange> exchange);
  std::unique_ptr<Exchange> exchange_;
};

}  // namespace substratee::net
