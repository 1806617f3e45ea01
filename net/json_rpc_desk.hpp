#pragma once

/// The inside of a JsonRpcServer: knows all names, answers all messages. Filled before the server starts; then only
/// the connections change. Safe from any thread.

#include "net/json_rpc_connection.hpp"

#include <atomic>
#include <mutex>
#include <set>
#include <unordered_map>
#include <variant>

namespace substratee::net {

class JsonRpcDesk {
 public:
  using Session = std::shared_ptr<WebSocketSession>;

  explicit JsonRpcDesk(JsonRpcOptions options);
  [[nodiscard]] const JsonRpcOptions& options() const noexcept { return options_; }

  void add_method(std::string name, CallerHandler handler);
  void add_alias(std::string new_name, const std::string& old_name);
  void add_subscription(SubscriptionNames names, SubscribeHandler on_subscribe, SubscriptionRules rules);

  void name_params(const std::string& method, std::vector<std::string> names);

  /// One message without a connection; `address` shares a rate, if it is named.
  [[nodiscard]] std::string answer_post(std::string_view text, std::string_view address);

  void open(const Session& session);
  void receive(const Session& session, std::string_view text);
  void close(const Session& session);

 private:
  struct Subscribe {
    std::shared_ptr<const SubscriptionKind> kind;
  };
  struct Unsubscribe {
    std::shared_ptr<const SubscriptionKind> kind;
  };
  using Entry = std::variant<CallerHandler, Subscribe, Unsubscribe>;
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };
  template <class T>
  using ByName = std::unordered_map<std::string, T, Hash, std::equal_to<>>;
  /// Decides whether one more request may be answered.
  using Admit = std::function<bool()>;

  void add(std::string name, std::shared_ptr<const Entry> entry);
  [[nodiscard]] std::shared_ptr<JsonRpcConnection> find(const WebSocketSession* session);
  [[nodiscard]] bool admit_address(std::string_view address);
  [[nodiscard]] std::string answer(std::string_view text, JsonRpcConnection& connection, const Admit& admit);
  [[nodiscard]] std::string answer_batch(const json::array& batch, JsonRpcConnection& connection, const Admit& admit);
  [[nodiscard]] std::string answer_one(const json::value& message, JsonRpcConnection& connection, const Admit& admit);
  [[nodiscard]] RpcResult call_with_params(std::string_view name, const json::value* params,
                                           JsonRpcConnection& connection);
  [[nodiscard]] RpcResult call(const Entry& entry, const json::array& params, JsonRpcConnection& connection);
  [[nodiscard]] std::expected<json::array, RpcError> in_order(const Entry& entry, const json::object& named) const;
  [[nodiscard]] RpcResult list_names() const;

  const JsonRpcOptions options_;
  std::set<std::string, std::less<>> names_;
  ByName<std::shared_ptr<const Entry>> entries_;
  std::unordered_map<const Entry*, std::vector<std::string>> param_names_;
  std::atomic<std::uint64_t> next_id_ = 1;
  std::mutex mutex_;
  std::unordered_map<const WebSocketSession*, std::shared_ptr<JsonRpcConnection>> connections_;
  std::map<std::string, TokenBucket, std::less<>> addresses_;
};

}  // namespace substratee::net
