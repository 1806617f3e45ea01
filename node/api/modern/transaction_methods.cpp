#include "node/api/modern/broadcasts.hpp"

namespace substratee::node::api {

namespace {

constexpr std::size_t kMaxBroadcasts = 16;

json::object event(std::string_view name) { return {{"event", name}}; }

json::object failure(std::string_view name, std::string_view why) { return {{"event", name}, {"error", why}}; }

json::object in_block(std::string_view name, const BlockHash& hash, std::uint32_t index) {
  return {{"event", name}, {"block", json::object{{"hash", hex_json(hash)}, {"index", index}}}};
}

/// transactionWatch_v1_watchEvent; nothing: the specification has no word for it.
std::optional<json::value> watch_event(const pool::Notice& notice, std::uint32_t index) {
  switch (notice.status) {
    case pool::Status::kReady: return event("validated");
    case pool::Status::kInBlock: return in_block("bestChainBlockIncluded", notice.hash, index);
    case pool::Status::kFinalized: return in_block("finalized", notice.hash, index);
    case pool::Status::kUsurped: return failure("dropped", "another transaction took its place");
    case pool::Status::kDropped: return failure("dropped", "the pool was full");
    case pool::Status::kInvalid: return failure("invalid", "it became invalid while it waited");
    case pool::Status::kFuture: break;
  }
  return std::nullopt;
}

/// What is wrong with the transaction is an event, not an error of the call.
std::expected<void, RpcError> submit_and_watch(const NodeContext& context, const json::array& params,
                                               const SubscriberPtr& subscriber) {
  auto extrinsic = SUBSTRATEE_TRY(Params(params).bytes(0, "transaction"));
  const auto hash = primitives::extrinsic_hash(extrinsic);
  const TransactionWatcher watcher{subscriber, watch_event};
  const auto answer =
      submit(context, std::move(extrinsic), [&](const Hash256& taken) { context.feed.watch(taken, watcher); });
  if (!answer) return std::unexpected(busy_error());
  if (*answer) return {};
  if (answer->error() == service::SubmitError(pool::Refusal::kAlreadyImported)) {
    subscriber->notify(event("validated"));
    context.feed.watch(hash, watcher);
    return {};
  }
  const bool is_invalid = std::holds_alternative<runtime::InvalidReason>(answer->error());
  subscriber->notify(failure(is_invalid ? "invalid" : "dropped", to_text(answer->error())));
  subscriber->finish();
  return {};
}

}  // namespace

void add_transaction_methods(net::JsonRpcServer& server, const NodeContext& context) {
  const auto broadcasts = std::make_shared<Broadcasts>(context);  // lives as long as the handler
  server.subscription(
      {"transaction_v1_broadcast", "transaction_v1_stop", "transaction_v1_event"},
      [broadcasts](const json::array& params, const SubscriberPtr& operation) -> std::expected<void, RpcError> {
        auto extrinsic = SUBSTRATEE_TRY(Params(params).bytes(0, "transaction"));
        if (broadcasts->add(std::move(extrinsic), operation)) return {};
        return std::unexpected(RpcError{net::kTooManySubscriptions, "Too much is on offer", std::nullopt});
      },
      {.answer = net::Unsubscribed::kNullIfKnown,
       .max_per_connection = kMaxBroadcasts,
       .beyond = json::value(nullptr)});
  server.subscription(
      {"transactionWatch_v1_submitAndWatch", "transactionWatch_v1_unwatch", "transactionWatch_v1_watchEvent"},
      [context](const json::array& params, const SubscriberPtr& subscriber) {
        return submit_and_watch(context, params, subscriber);
      },
      {.answer = net::Unsubscribed::kNull});
}

}  // namespace substratee::node::api
