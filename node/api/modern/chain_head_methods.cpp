#include "node/api/modern/follow_session.hpp"

namespace substratee::node::api {

namespace {

using SessionPtr = std::shared_ptr<FollowSession>;  ///< the directory, the feed and running operations share it

constexpr std::size_t kMaxFollows = 4;
constexpr BlockNumber kTellFinals = 32;
/// Hashes in one unpin.
constexpr std::size_t kMaxHashes = FollowSession::kMaxPinned;

// Codes of the specification.
constexpr int kTooManyFollows = -32800;
constexpr int kNotPinned = -32801;
constexpr int kWithoutRuntime = -32802;
constexpr int kNotWaiting = -32803;
constexpr int kTwice = -32804;

std::unexpected<RpcError> refused(int code, std::string message) {
  return std::unexpected(RpcError{code, std::move(message), std::nullopt});
}

/// The open sessions by subscription. Safe from any thread.
class Sessions {
 public:
  void add(const std::string& id, SessionPtr session) {
    const std::scoped_lock lock(mutex_);
    sessions_.emplace(id, std::move(session));
  }
  void erase(const std::string& id) {
    const std::scoped_lock lock(mutex_);
    sessions_.erase(id);
  }
  /// The session that parameter 0 names, if it is the caller's and open; else nullptr.
  [[nodiscard]] Parsed<SessionPtr> find(const Params& params, const net::Caller& caller) const {
    const auto id = SUBSTRATEE_TRY(params.text(0, "followSubscription"));
    if (!caller.owns(id)) return SessionPtr();
    const std::scoped_lock lock(mutex_);
    const auto found = sessions_.find(id);
    return found == sessions_.end() ? SessionPtr() : found->second;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, SessionPtr, std::less<>> sessions_;
};

/// What every handler needs; copied into each.
struct ChainHead {
  NodeContext context;
  std::shared_ptr<Sessions> sessions;  ///< of all handlers
};

using Handler = net::RpcResult (*)(const ChainHead&, const Params&, net::Caller&);

json::object limit_reached() { return {{"result", "limitReached"}}; }
json::object started(const std::string& operation) { return {{"result", "started"}, {"operationId", operation}}; }

Parsed<BlockHash> pinned_hash(const FollowSession& session, const Params& params, std::size_t index) {
  const auto hash = SUBSTRATEE_TRY(params.hash(index, "hash"));
  if (!session.is_pinned(hash)) return refused(kNotPinned, "This block is not pinned");
  return hash;
}

void start(const NodeContext& context, FollowSession& session, const storage::BlockId& final,
           const storage::BlockId& best) {
  std::vector<BlockHash> finals;
  for (auto n = final.number - std::min(final.number, kTellFinals - 1); n < final.number; ++n) {
    if (const auto hash = context.store.hash(n)) finals.push_back(*hash);
  }
  finals.push_back(final.hash);
  std::vector<primitives::Header> unfinalized;
  for (auto n = final.number + 1; n <= best.number; ++n) {
    if (auto header = context.store.header(n)) unfinalized.push_back(*std::move(header));
  }
  session.start(finals, unfinalized);
}

std::expected<void, RpcError> follow(const ChainHead& head, const json::array& raw, const SubscriberPtr& subscriber) {
  const auto with_runtime = SUBSTRATEE_TRY(Params(raw).flag(0, "withRuntime"));
  const auto session = std::make_shared<FollowSession>(subscriber, with_runtime);
  head.sessions->add(subscriber->id(), session);
  subscriber->on_end([sessions = head.sessions, id = subscriber->id()] { sessions->erase(id); });
  head.context.feed.follow_heads(session, [&](const storage::BlockId& final, const storage::BlockId& best) {
    start(head.context, *session, final, best);
  });
  return {};
}

net::RpcResult header(const ChainHead& head, const Params& params, net::Caller& caller) {
  const auto session = SUBSTRATEE_TRY(head.sessions->find(params, caller));
  if (!session) return json::value(nullptr);
  const auto hash = SUBSTRATEE_TRY(pinned_hash(*session, params, 1));
  const auto number = SUBSTRATEE_TRY(or_error(head.context.store.number(hash)));
  return hex_json(scale::encode(SUBSTRATEE_TRY(or_error(head.context.store.header(number)))));
}

net::RpcResult body(const ChainHead& head, const Params& params, net::Caller& caller) {
  const auto session = SUBSTRATEE_TRY(head.sessions->find(params, caller));
  if (!session) return limit_reached();
  const auto hash = SUBSTRATEE_TRY(pinned_hash(*session, params, 1));
  auto operation = session->new_operation();
  caller.after_answer([=, context = head.context] { session->run_body(context, operation, hash); });
  return started(operation);
}

net::RpcResult call(const ChainHead& head, const Params& params, net::Caller& caller) {
  const auto session = SUBSTRATEE_TRY(head.sessions->find(params, caller));
  if (!session) return limit_reached();
  const auto hash = SUBSTRATEE_TRY(pinned_hash(*session, params, 1));
  const std::string function(SUBSTRATEE_TRY(params.text(2, "function")));
  const auto arguments = SUBSTRATEE_TRY(params.bytes(3, "callParameters"));
  if (!session->with_runtime()) return refused(kWithoutRuntime, "This subscription follows without runtime");
  auto operation = session->new_operation();
  caller.after_answer(
      [=, context = head.context] { session->run_call(context, operation, hash, function, arguments); });
  return started(operation);
}

net::RpcResult storage(const ChainHead& head, const Params& params, net::Caller& caller) {
  const auto session = SUBSTRATEE_TRY(head.sessions->find(params, caller));
  if (!session) return limit_reached();
  const auto hash = SUBSTRATEE_TRY(pinned_hash(*session, params, 1));
  auto items = SUBSTRATEE_TRY(storage_items(params, 2));
  const auto taken = std::min(items.size(), session->room());
  if (taken == 0 && !items.empty()) return limit_reached();
  auto answer = started(session->new_operation());
  answer.emplace("discardedItems", items.size() - taken);
  items.resize(taken);
  const std::string operation(answer.at("operationId").as_string());
  caller.after_answer([=, context = head.context, reader = StorageReader(std::move(items))] {
    session->run_storage(context, operation, hash, reader);
  });
  return answer;
}

Parsed<std::vector<BlockHash>> hashes_in(const Params& params) {
  const auto* value = params.find(1);
  if (value == nullptr || !value->is_array()) return std::vector{SUBSTRATEE_TRY(params.hash(1, "hash"))};
  std::vector<BlockHash> out;
  for (const auto& bytes : SUBSTRATEE_TRY(params.list_of_bytes(1, "hashes", kMaxHashes))) {
    const auto hash = BlockHash::from(bytes);
    if (!hash) return net::invalid_params("hashes: expected hashes of 32 bytes");
    out.push_back(*hash);
  }
  return out;
}

net::RpcResult unpin(const ChainHead& head, const Params& params, net::Caller& caller) {
  const auto session = SUBSTRATEE_TRY(head.sessions->find(params, caller));
  const auto hashes = SUBSTRATEE_TRY(hashes_in(params));
  if (!session) return json::value(nullptr);
  switch (session->unpin(hashes)) {
    case FollowSession::Unpin::kUnknown: return refused(kNotPinned, "One of the blocks is not pinned");
    case FollowSession::Unpin::kTwice: return refused(kTwice, "One of the blocks is named twice");
    case FollowSession::Unpin::kDone: break;
  }
  return json::value(nullptr);
}

net::RpcResult continue_operation(const ChainHead& head, const Params& params, net::Caller& caller) {
  const auto session = SUBSTRATEE_TRY(head.sessions->find(params, caller));
  const std::string operation(SUBSTRATEE_TRY(params.text(1, "operationId")));
  if (!session) return json::value(nullptr);
  if (!session->can_continue(operation)) return refused(kNotWaiting, "No such operation waits to be continued");
  caller.after_answer([=, context = head.context] { session->continue_storage(context, operation); });
  return json::value(nullptr);
}

net::RpcResult stop_operation(const ChainHead& head, const Params& params, net::Caller& caller) {
  const auto session = SUBSTRATEE_TRY(head.sessions->find(params, caller));
  const std::string operation(SUBSTRATEE_TRY(params.text(1, "operationId")));
  if (session) session->stop(operation);
  return json::value(nullptr);
}

}  // namespace

void add_chain_head_methods(net::JsonRpcServer& server, const NodeContext& context) {
  const ChainHead head{context, std::make_shared<Sessions>()};
  server.subscription(
      {"chainHead_v1_follow", "chainHead_v1_unfollow", "chainHead_v1_followEvent"},
      [head](const json::array& params, const SubscriberPtr& subscriber) { return follow(head, params, subscriber); },
      {.answer = net::Unsubscribed::kNull,
       .max_per_connection = kMaxFollows,
       .beyond = refused(kTooManyFollows, "A connection follows at most four times")});
  const auto add = [&](const char* name, Handler handler) {
    server.caller_method(name, [head, handler](const json::array& params, net::Caller& caller) {
      return handler(head, Params(params), caller);
    });
  };
  add("chainHead_v1_header", header);
  add("chainHead_v1_body", body);
  add("chainHead_v1_call", call);
  add("chainHead_v1_storage", storage);
  add("chainHead_v1_unpin", unpin);
  add("chainHead_v1_continue", continue_operation);
  add("chainHead_v1_stopOperation", stop_operation);
}

}  // namespace substratee::node::api
