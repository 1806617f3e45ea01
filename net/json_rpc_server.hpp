#pragma once

/// JSON-RPC 2.0 over POST and WebSocket on one path of a Server.
/// Requests of one connection are answered in order; handlers run on the server's worker threads and may block.
/// params may be absent or an array; objects are refused. Requests without id are carried out and not answered.
/// `rpc_methods` answers {"methods": [...]} with every name known.

#include "net/json_rpc.hpp"
#include "net/server.hpp"
#include "net/subscriber.hpp"

#include <functional>
#include <memory>
#include <string>

namespace substratee::net {

using MethodHandler = std::function<RpcResult(const json::array& params)>;

/// May keep the subscriber and notify at once; an error refuses the subscription.
using SubscribeHandler =
    std::function<std::expected<void, RpcError>(const json::array& params, const std::shared_ptr<Subscriber>&)>;

struct SubscriptionNames {
  std::string subscribe;
  std::string unsubscribe;
  std::string notification;
};

struct JsonRpcOptions {
  std::size_t max_batch = 100;                       ///< requests in one batch
  std::size_t max_subscriptions = 1024;              ///< of one connection
  std::size_t max_response = std::size_t{15} << 20;  ///< bytes of one answer or batch of answers
};

class JsonRpcServer {
 public:
  explicit JsonRpcServer(JsonRpcOptions options = {});
  ~JsonRpcServer();
  JsonRpcServer(const JsonRpcServer&) = delete;
  JsonRpcServer& operator=(const JsonRpcServer&) = delete;

  /// Names are filled in before the server starts; a name given twice is our own bug.
  void method(std::string name, MethodHandler handler);
  void alias(std::string new_name, std::string old_name);
  void subscription(SubscriptionNames names, SubscribeHandler on_subscribe);

  /// Answers POST and WebSocket on `path` of `server`.
  void mount(Server& server, const std::string& path = "/");

  /// One message without a connection, as POST sends it. Empty if there is nothing to answer.
  [[nodiscard]] std::string answer(std::string_view text) const;

 private:
  class Desk;
  std::shared_ptr<Desk> desk_;  ///< shared with the routes of the server it is mounted on
};

}  // namespace substratee::net
