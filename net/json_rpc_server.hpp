#pragma once

/// JSON-RPC 2.0 over POST and WebSocket on one path of a Server.
/// Requests of one connection are answered in order; handlers run on the server's worker threads and may block.
/// params may be absent, an array, or an object of the names that the method was given. Requests without id are carried
/// out and not answered. `rpc_methods` answers {"methods": [...]} with every name known.

#include "net/json_rpc.hpp"
#include "net/server.hpp"
#include "net/subscriber.hpp"

#include <functional>
#include <limits>
#include <memory>
#include <string>

namespace substratee::net {

using MethodHandler = std::function<RpcResult(const json::array& params)>;

/// The connection that asks, for methods that speak of its subscriptions. Valid while the handler runs.
class Caller {
 public:
  virtual ~Caller() = default;
  /// Whether this connection has a subscription of that id; always false over POST.
  [[nodiscard]] virtual bool owns(std::string_view subscription) const = 0;
  /// Runs `job` on the same thread, when the answer is on its way and before the connection's next request.
  virtual void after_answer(std::function<void()> job) = 0;
};
using CallerHandler = std::function<RpcResult(const json::array& params, Caller& caller)>;

/// May keep the subscriber and notify at once; an error refuses the subscription.
using SubscribeHandler =
    std::function<std::expected<void, RpcError>(const json::array& params, const std::shared_ptr<Subscriber>&)>;

struct SubscriptionNames {
  std::string subscribe;
  std::string unsubscribe;
  std::string notification;
};

/// What the unsubscribe method answers.
enum class Unsubscribed {
  kWhetherKnown,  ///< true or false
  kNull,          ///< null, also for an unknown id
  kNullIfKnown,   ///< null, or kInvalidParams for an unknown id
};

struct SubscriptionRules {
  Unsubscribed answer = Unsubscribed::kWhetherKnown;
  std::size_t max_per_connection = std::numeric_limits<std::size_t>::max();
  /// What the one too many is answered; if it is a result, also what the handler refuses with kTooManySubscriptions.
  RpcResult beyond =
      std::unexpected(RpcError{kTooManySubscriptions, "Too many subscriptions of this kind", std::nullopt});
};

struct JsonRpcOptions {
  std::size_t max_batch = 100;                                 ///< requests in one batch
  std::size_t max_subscriptions = 256;                         ///< of one connection
  std::size_t max_subscription_memory = std::size_t{1} << 20;  ///< bytes kept for one connection, Subscriber::reserve
  std::size_t max_response = std::size_t{15} << 20;            ///< bytes of one answer or batch of answers
  unsigned max_rate = 0;  ///< requests a second of one WebSocket, or of one address over POST; 0: no limit
};

class JsonRpcServer {
 public:
  explicit JsonRpcServer(JsonRpcOptions options = {});
  ~JsonRpcServer();
  JsonRpcServer(const JsonRpcServer&) = delete;
  JsonRpcServer& operator=(const JsonRpcServer&) = delete;

  /// Names are filled in before the server starts; a name given twice is our own bug.
  void method(std::string name, MethodHandler handler);
  void caller_method(std::string name, CallerHandler handler);
  void alias(std::string new_name, std::string old_name);
  /// Names of a method's parameters, in its order: they may then come as an object. `start_key` and `startKey` are the
  /// same. The method, subscriptions included, must be there; its aliases share the names.
  void name_params(const std::string& method, std::vector<std::string> names);
  void subscription(SubscriptionNames names, SubscribeHandler on_subscribe, SubscriptionRules rules = {});

  /// Bytes: handlers stop at it while they put an answer together.
  [[nodiscard]] std::size_t max_response() const noexcept;

  /// Answers POST and WebSocket on `path` of `server`.
  void mount(Server& server, const std::string& path = "/");

  /// One message without a connection, as POST sends it. Empty if there is nothing to answer.
  [[nodiscard]] std::string answer(std::string_view text) const;

 private:
  std::shared_ptr<class JsonRpcDesk> desk_;  ///< shared with the routes of the server it is mounted on
};

}  // namespace substratee::net
