#include "net/json_rpc_connection.hpp"

#include <fmt/format.h>

namespace substratee::net {

namespace {

/// One largest notification may wait for the answer in front of it, and what else there is at that moment.
constexpr std::size_t kWaitingBeside = std::size_t{1} << 20;

std::unexpected<RpcError> refused(int code, std::string message) {
  return std::unexpected(RpcError{code, std::move(message), std::nullopt});
}

std::unexpected<RpcError> needs_websocket() {
  return refused(kNoSubscriptions, "Subscriptions need a WebSocket; this is HTTP POST");
}

}  // namespace

JsonRpcConnection::JsonRpcConnection(std::shared_ptr<WebSocketSession> session, const JsonRpcOptions& options)
    : options_(options),
      session_(session),
      is_websocket_(session != nullptr),
      memory_(std::make_shared<SubscriptionMemory>(options.max_subscription_memory)),
      waiting_memory_(std::make_shared<SubscriptionMemory>(options.max_response + kWaitingBeside)),
      rate_(options.max_rate, std::chrono::steady_clock::now()) {}

std::size_t JsonRpcConnection::count(const SubscriptionKind& kind) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(subscriptions_, [&](const auto& entry) { return entry.second.kind == &kind; }));
}

RpcResult JsonRpcConnection::subscribe(const SubscriptionKind& kind, const json::array& params, std::uint64_t number) {
  if (!is_websocket_) return needs_websocket();
  // Before the counting: a subscription that ended by itself is no longer one.
  std::erase_if(subscriptions_, [](const auto& entry) { return entry.second.subscriber->has_ended(); });
  if (subscriptions_.size() >= options_.max_subscriptions) {
    return refused(kTooManySubscriptions,
                   fmt::format("A connection has at most {} subscriptions", options_.max_subscriptions));
  }
  if (kind.rules.max_per_connection < std::numeric_limits<std::size_t>::max() &&
      count(kind) >= kind.rules.max_per_connection) {
    return kind.rules.beyond;
  }
  auto id = std::to_string(number);
  const auto subscriber = std::make_shared<Subscriber>(id, kind.names.notification, session_, memory_, waiting_memory_);
  // Entered before it is offered: whatever the handler does, the subscription ends with the connection.
  subscriptions_.emplace(id, Entry{&kind, subscriber});
  const auto accepted = kind.on_subscribe(params, subscriber);
  if (!accepted) {
    subscriptions_.erase(id);
    subscriber->end();
    if (accepted.error().code == kTooManySubscriptions && kind.rules.beyond) return kind.rules.beyond;
    return std::unexpected(accepted.error());
  }
  // In front: what the handler wants done after the answer belongs to a subscription that is open.
  after_answer_.insert(after_answer_.begin(), [subscriber] { subscriber->activate(); });
  return json::value(std::move(id));
}

RpcResult JsonRpcConnection::unsubscribe(const SubscriptionKind& kind, const json::array& params) {
  if (!is_websocket_) return needs_websocket();
  const bool has_id = !params.empty() && (params[0].is_string() || params[0].is_int64());
  if (!has_id) return invalid_params("expected the subscription's id");
  const auto id = params[0].is_string() ? std::string(params[0].get_string()) : std::to_string(params[0].get_int64());
  const auto found = subscriptions_.find(id);
  const bool is_known = found != subscriptions_.end() && found->second.kind == &kind;
  if (is_known) {
    found->second.subscriber->end();
    subscriptions_.erase(found);
  }
  switch (kind.rules.answer) {
    case Unsubscribed::kWhetherKnown: return json::value(is_known);
    case Unsubscribed::kNull: break;
    case Unsubscribed::kNullIfKnown:
      if (!is_known) return invalid_params("no such operation or subscription of this connection");
  }
  return json::value(nullptr);
}

void JsonRpcConnection::answered() {
  for (const auto& job : std::exchange(after_answer_, {})) job();
}

void JsonRpcConnection::end() {
  for (const auto& [id, entry] : subscriptions_) entry.subscriber->end();
}

}  // namespace substratee::net
