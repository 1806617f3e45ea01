#include "net/json_rpc_server.hpp"

#include "core/base/check.hpp"

#include <fmt/format.h>

#include <atomic>
#include <mutex>
#include <set>
#include <unordered_map>

namespace substratee::net {
namespace {

using Subscriptions = std::map<std::string, std::shared_ptr<Subscriber>, std::less<>>;

/// One WebSocket connection. Touched by its own handlers only, which run one after the other.
struct Connection {
  std::weak_ptr<WebSocketSession> session;
  Subscriptions subscriptions;
  std::vector<std::shared_ptr<Subscriber>> to_activate;  ///< answers not yet sent
};

struct SubscriptionKind {
  SubscriptionNames names;
  SubscribeHandler on_subscribe;
};

std::unexpected<RpcError> rpc_error(int code, std::string message) {
  return std::unexpected(RpcError{code, std::move(message), std::nullopt});
}

}  // namespace

/// Knows all names, answers all messages. Filled before the server starts; then only the connections change.
class JsonRpcServer::Desk {
 public:
  explicit Desk(JsonRpcOptions options) : options_(options) { names_.emplace("rpc_methods"); }

  void add_method(std::string name, MethodHandler handler) {
    add_name(name);
    methods_.emplace(std::move(name), std::move(handler));
  }

  void add_alias(std::string new_name, std::string old_name) {
    SUBSTRATEE_CHECK(names_.contains(old_name));
    add_name(new_name);
    aliases_.emplace(std::move(new_name), std::move(old_name));
  }

  void add_subscription(SubscriptionNames names, SubscribeHandler on_subscribe) {
    add_name(names.subscribe);
    add_name(names.unsubscribe);
    unsubscribes_.insert(names.unsubscribe);
    auto key = names.subscribe;
    subscribes_.emplace(std::move(key), SubscriptionKind{std::move(names), std::move(on_subscribe)});
  }

  /// `connection` is nullptr for POST.
  std::string answer(std::string_view text, Connection* connection) {
    auto message = parse_json(text);
    if (!message) return to_text(make_error_response(nullptr, {kParseError, message.error(), std::nullopt}));
    if (const auto* batch = message->if_array()) return answer_batch(*batch, connection);
    auto response = answer_one(*message, connection);
    return response ? to_text(*response) : std::string{};
  }

  void open(const std::shared_ptr<WebSocketSession>& session) {
    const std::lock_guard lock(mutex_);
    connections_.emplace(session.get(), std::make_shared<Connection>(Connection{session, {}, {}}));
  }

  void receive(const std::shared_ptr<WebSocketSession>& session, std::string_view text) {
    const auto connection = find(session.get());
    auto response = answer(text, connection.get());
    if (!response.empty()) session->send(std::move(response));
    for (const auto& subscriber : std::exchange(connection->to_activate, {})) subscriber->activate();
  }

  void close(const std::shared_ptr<WebSocketSession>& session) {
    const auto connection = find(session.get());
    {
      const std::lock_guard lock(mutex_);
      connections_.erase(session.get());
    }
    for (const auto& [id, subscriber] : connection->subscriptions) subscriber->end();
  }

 private:
  void add_name(const std::string& name) {
    const bool is_new = names_.insert(name).second;
    SUBSTRATEE_CHECK(is_new);
  }

  std::shared_ptr<Connection> find(const WebSocketSession* session) {
    const std::lock_guard lock(mutex_);
    return connections_.at(session);
  }

  std::string to_text(const json::object& response) const {
    auto text = json::serialize(response);
    if (text.size() <= options_.max_response) return text;
    return json::serialize(make_error_response(
        response.at("id"), {kResponseTooLarge, "The answer is too large; ask for less", std::nullopt}));
  }

  std::string answer_batch(const json::array& batch, Connection* connection) {
    if (batch.empty()) return to_text(make_error_response(nullptr, {kInvalidRequest, "Empty batch", std::nullopt}));
    if (batch.size() > options_.max_batch) {
      const auto message = fmt::format("A batch has at most {} requests", options_.max_batch);
      return to_text(make_error_response(nullptr, {kLimitExceeded, message, std::nullopt}));
    }
    std::string out;
    for (const auto& request : batch) {
      const auto response = answer_one(request, connection);
      if (response) out += (out.empty() ? "[" : ",") + to_text(*response);
      if (out.size() > options_.max_response) return batch_too_large();
    }
    return out.empty() ? out : out + "]";
  }

  static std::string batch_too_large() {
    return json::serialize(make_error_response(
        nullptr, {kResponseTooLarge, "The answers of the batch are too large; send smaller batches", std::nullopt}));
  }

  /// Nothing for a notification.
  std::optional<json::object> answer_one(const json::value& message, Connection* connection) {
    const auto* request = message.if_object();
    const auto* id = request ? request->if_contains("id") : nullptr;
    const bool is_valid_id = !id || id->is_string() || id->is_number() || id->is_null();
    const json::value echoed = id && is_valid_id ? *id : json::value(nullptr);
    const auto invalid = [&](std::string why) {
      return make_error_response(echoed, {kInvalidRequest, std::move(why), std::nullopt});
    };
    if (!request) return invalid("A request is an object");
    if (!is_valid_id) return invalid("id must be a number, a string or null");
    const auto* version = request->if_contains("jsonrpc");
    if (!version || *version != "2.0") return invalid("jsonrpc must be \"2.0\"");
    const auto* method = request->if_contains("method");
    if (!method || !method->is_string()) return invalid("method must be a string");

    auto result = call_with_params(method->get_string(), request->if_contains("params"), connection);
    if (!id) return std::nullopt;
    return result ? make_response(echoed, std::move(*result)) : make_error_response(echoed, result.error());
  }

  RpcResult call_with_params(std::string_view method, const json::value* params, Connection* connection) {
    static const json::array kNone;
    if (params && !params->is_array()) return invalid_params("params must be an array, in the order of the method");
    try {
      return call(method, params ? params->get_array() : kNone, connection);
    } catch (...) {
      return rpc_error(kInternalError, "Internal error; the server's log may say why");
    }
  }

  RpcResult call(std::string_view name, const json::array& params, Connection* connection) {
    if (const auto alias = aliases_.find(name); alias != aliases_.end()) name = alias->second;
    if (name == "rpc_methods") return list_names();
    if (const auto method = methods_.find(name); method != methods_.end()) return method->second(params);
    if (const auto kind = subscribes_.find(name); kind != subscribes_.end()) {
      return subscribe(kind->second, params, connection);
    }
    if (unsubscribes_.contains(name)) return unsubscribe(params, connection);
    return rpc_error(kMethodNotFound, fmt::format("Method '{}' not found; rpc_methods lists all", name.substr(0, 64)));
  }

  RpcResult list_names() const {
    json::array all;
    for (const auto& name : names_) all.emplace_back(name);
    return json::object{{"methods", std::move(all)}};
  }

  RpcResult subscribe(const SubscriptionKind& kind, const json::array& params, Connection* connection) {
    if (!connection) return rpc_error(kNoSubscriptions, "Subscriptions need a WebSocket; this is HTTP POST");
    if (connection->subscriptions.size() >= options_.max_subscriptions) {
      const auto why = fmt::format("A connection has at most {} subscriptions", options_.max_subscriptions);
      return rpc_error(kLimitExceeded, why);
    }
    auto id = std::to_string(next_id_.fetch_add(1));
    const auto subscriber = std::make_shared<Subscriber>(id, kind.names.notification, connection->session);
    // Entered before it is offered: whatever the handler does, the subscription ends with the connection.
    connection->subscriptions.emplace(id, subscriber);
    const auto accepted = kind.on_subscribe(params, subscriber);
    if (!accepted) {
      connection->subscriptions.erase(id);
      subscriber->end();
      return std::unexpected(accepted.error());
    }
    connection->to_activate.push_back(subscriber);
    return json::value(std::move(id));
  }

  RpcResult unsubscribe(const json::array& params, Connection* connection) {
    if (!connection) return rpc_error(kNoSubscriptions, "Subscriptions need a WebSocket; this is HTTP POST");
    if (params.size() != 1 || !params[0].is_string()) return invalid_params("expected the subscription's id");
    const auto found = connection->subscriptions.find(std::string_view(params[0].get_string()));
    if (found == connection->subscriptions.end()) return json::value(false);
    found->second->end();
    connection->subscriptions.erase(found);
    return json::value(true);
  }

  const JsonRpcOptions options_;
  std::set<std::string, std::less<>> names_;
  std::map<std::string, MethodHandler, std::less<>> methods_;
  std::map<std::string, std::string, std::less<>> aliases_;
  std::map<std::string, SubscriptionKind, std::less<>> subscribes_;
  std::set<std::string, std::less<>> unsubscribes_;
  std::atomic<std::uint64_t> next_id_ = 1;
  std::mutex mutex_;
  std::unordered_map<const WebSocketSession*, std::shared_ptr<Connection>> connections_;
};

JsonRpcServer::JsonRpcServer(JsonRpcOptions options) : desk_(std::make_shared<Desk>(options)) {}
JsonRpcServer::~JsonRpcServer() = default;

void JsonRpcServer::method(std::string name, MethodHandler handler) {
  desk_->add_method(std::move(name), std::move(handler));
}

void JsonRpcServer::alias(std::string new_name, std::string old_name) {
  desk_->add_alias(std::move(new_name), std::move(old_name));
}

void JsonRpcServer::subscription(SubscriptionNames names, SubscribeHandler on_subscribe) {
  desk_->add_subscription(std::move(names), std::move(on_subscribe));
}

void JsonRpcServer::mount(Server& server, const std::string& path) {
  server.route("POST", path, [desk = desk_](const Request& request) {
    auto text = desk->answer(request.body, nullptr);
    return text.empty() ? Response::text(204, {}) : Response::json(200, std::move(text));
  });
  using Session = std::shared_ptr<WebSocketSession>;
  server.websocket(path, {.on_open = [desk = desk_](const Session& session) { desk->open(session); },
                          .on_text = [desk = desk_](const Session& session,
                                                    const std::string& text) { desk->receive(session, text); },
                          .on_close = [desk = desk_](const Session& session) { desk->close(session); }});
}

std::string JsonRpcServer::answer(std::string_view text) const { return desk_->answer(text, nullptr); }

}  // namespace substratee::net
