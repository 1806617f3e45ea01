#include "net/json_rpc_client.hpp"

#include "core/base/result.hpp"

#include <fmt/format.h>

#include <climits>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

namespace substratee::net {
namespace {

/// Deep enough for any answer of a server that we asked ourselves.
constexpr std::size_t kMaxAnswerDepth = 64;
constexpr std::size_t kMaxNews = 4096;

using Answer = CallResult<json::value>;
using Callback = std::shared_ptr<const JsonRpcClient::NewsCallback>;

struct PendingCall {
  std::promise<Answer> answer;
  Callback callback;               ///< of a subscribe call
  std::string unsubscribe_method;  ///< of a subscribe call
  bool is_abandoned = false;       ///< its caller has lost patience; a subscription is given back
};

struct Subscription {
  Callback callback;
  std::string unsubscribe_method;
};

struct News {
  std::string key;
  json::value result;
};

std::unexpected<CallError> call_failure(FailureCode code, std::string thing, std::string next_step) {
  return std::unexpected(CallError{Failure{code, std::move(thing), std::move(next_step)}});
}

RpcError to_rpc_error(const json::value& error) {
  RpcError out{kInternalError, "The server gave no message", std::nullopt};
  const auto* object = error.if_object();
  if (!object) return out;
  if (const auto* code = object->if_contains("code"); code && code->is_int64()) {
    out.code = static_cast<int>(std::clamp<std::int64_t>(code->get_int64(), INT_MIN, INT_MAX));
  }
  if (const auto* text = object->if_contains("message"); text && text->is_string()) out.message = text->get_string();
  if (const auto* data = object->if_contains("data")) out.data = *data;
  return out;
}

}  // namespace

std::string CallError::to_string() const {
  if (const auto* transport = failure()) return transport->to_string();
  const auto& error = *rpc();
  auto out = fmt::format("the server answered with error {}: {}", error.code, error.message);
  if (error.data) out += fmt::format(" ({})", json::serialize(*error.data));
  return out;
}

/// All state is under one mutex; the socket's thread writes it, the dispatcher and the callers read it.
class JsonRpcClient::Exchange {
 public:
  explicit Exchange(std::string url) : url_(std::move(url)) {}

  ~Exchange() {
    {
      const std::lock_guard lock(mutex_);
      is_stopping_ = true;
    }
    wake_.notify_all();
    socket_.reset();  // ends open calls, also those of a callback that the dispatcher waits for
    if (dispatcher_.joinable()) dispatcher_.join();
  }

  Result<void> open(const WebSocketOptions& options) {
    const auto url = SUBSTRATEE_TRY(Url::parse(url_));
    WebSocketEvents events{.on_text = [this](const std::string& text) { receive(text); },
                           .on_closed = [this](const Failure& why) { end(why); }};
    // Under the lock: what the server says at once is handled when socket_ is there.
    const std::lock_guard lock(mutex_);
    socket_ = SUBSTRATEE_TRY(WebSocketClient::connect(url, std::move(events), options));
    dispatcher_ = std::jthread([this] { dispatch(); });
    return {};
  }

  WebSocketClient& socket() { return *socket_; }

  Answer call(std::string_view method, json::array params, std::chrono::milliseconds timeout, PendingCall pending) {
    auto answer = pending.answer.get_future();
    std::uint64_t id = 0;
    {
      const std::lock_guard lock(mutex_);
      if (closed_) return std::unexpected(CallError{*closed_});
      id = next_id_++;
      if (pending.callback) ++open_subscribes_;
      calls_.emplace(id, std::move(pending));
    }
    auto sent = socket_->send(json::serialize(make_request(id, method, std::move(params))));
    if (!sent) return give_up(id, answer, sent.error());
    if (answer.wait_for(timeout) == std::future_status::ready) return answer.get();
    return give_up(id, answer,
                   {FailureCode::kTimeout, fmt::format("{} at {}", method, url_),
                    "check that the server is well, or allow more time"});
  }

  /// True if the subscription was ours; its callback is not running and will not run again.
  std::optional<std::string> forget(const json::value& id) {
    const auto key = json::serialize(id);
    std::unique_lock lock(mutex_);
    const auto found = subscriptions_.find(key);
    if (found == subscriptions_.end()) return std::nullopt;
    auto method = std::move(found->second.unsubscribe_method);
    subscriptions_.erase(found);
    if (std::this_thread::get_id() != dispatcher_.get_id()) idle_.wait(lock, [&] { return running_ != key; });
    return method;
  }

  void on_closed(std::function<void(const Failure&)> callback) {
    {
      const std::lock_guard lock(mutex_);
      closed_callback_ = std::move(callback);
    }
    wake_.notify_all();
  }

 private:
  Answer give_up(std::uint64_t id, std::future<Answer>& answer, Failure why) {
    const std::lock_guard lock(mutex_);
    const auto call = calls_.find(id);
    if (call == calls_.end()) return answer.get();  // it came in this very moment
    if (call->second.callback) {
      call->second.is_abandoned = true;
    } else {
      calls_.erase(call);
    }
    return std::unexpected(CallError{std::move(why)});
  }

  void receive(const std::string& text) {
    const auto message = parse_json(text, kMaxAnswerDepth);
    const auto* object = message ? message->if_object() : nullptr;
    const std::lock_guard lock(mutex_);
    if (is_stopping_) return;
    if (!object) return socket_->close();
    if (const auto* id = object->if_contains("id"); id && id->is_int64())
      return receive_answer(*object, id->get_int64());
    const auto* params = object->if_contains("params");
    const auto* news = params ? params->if_object() : nullptr;
    const auto* subscription = news ? news->if_contains("subscription") : nullptr;
    const auto* result = news ? news->if_contains("result") : nullptr;
    if (subscription && result) receive_news({json::serialize(*subscription), *result});
  }

  void receive_answer(const json::object& message, std::int64_t id) {
    const auto found = calls_.find(static_cast<std::uint64_t>(id));
    if (found == calls_.end()) return;
    PendingCall call = std::move(found->second);
    calls_.erase(found);
    const auto* result = message.if_contains("result");
    const auto* error = message.if_contains("error");
    if (result && call.callback) begin_subscription(*result, call);
    if (call.callback && --open_subscribes_ == 0) orphans_.clear();
    if (result) {
      call.answer.set_value(*result);
    } else if (error) {
      call.answer.set_value(std::unexpected(CallError{to_rpc_error(*error)}));
    } else {
      call.answer.set_value(call_failure(FailureCode::kProtocol, url_ + ": an answer without result or error",
                                         "check that the address names a JSON-RPC 2.0 server"));
    }
  }

  void begin_subscription(const json::value& id, const PendingCall& call) {
    if (call.is_abandoned) {
      const auto request = make_request(next_id_++, call.unsubscribe_method, json::array{id});
      std::ignore = socket_->send(json::serialize(request));
      return;
    }
    const auto key = json::serialize(id);
    subscriptions_[key] = {call.callback, call.unsubscribe_method};
    std::erase_if(orphans_, [&](News& news) {
      if (news.key != key) return false;
      queue(std::move(news));
      return true;
    });
  }

  void receive_news(News news) {
    if (subscriptions_.contains(news.key)) return queue(std::move(news));
    if (open_subscribes_ == 0) return;
    if (orphans_.size() >= kMaxNews) return socket_->close();
    orphans_.push_back(std::move(news));
  }

  void queue(News news) {
    if (news_.size() >= kMaxNews) return socket_->close();
    news_.push_back(std::move(news));
    wake_.notify_all();
  }

  void end(const Failure& why) {
    const std::lock_guard lock(mutex_);
    closed_ = why;
    for (auto& [id, call] : calls_) call.answer.set_value(std::unexpected(CallError{why}));
    calls_.clear();
    wake_.notify_all();
  }

  void dispatch() {
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [this] { return is_stopping_ || !news_.empty() || (closed_ && closed_callback_); });
      if (is_stopping_) return;
      if (!news_.empty()) {
        tell_news(lock);
      } else {
        const auto callback = std::exchange(closed_callback_, nullptr);
        const Failure why = *closed_;
        lock.unlock();
        callback(why);
        lock.lock();
      }
    }
  }

  void tell_news(std::unique_lock<std::mutex>& lock) {
    const News news = std::move(news_.front());
    news_.pop_front();
    const auto found = subscriptions_.find(news.key);
    if (found == subscriptions_.end()) return;
    auto callback = found->second.callback;
    running_ = news.key;
    lock.unlock();
    (*callback)(news.result);
    callback.reset();
    lock.lock();
    running_.reset();
    idle_.notify_all();
  }

  const std::string url_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable idle_;
  std::map<std::uint64_t, PendingCall> calls_;
  std::map<std::string, Subscription> subscriptions_;
  std::size_t open_subscribes_ = 0;
  std::deque<News> orphans_;  ///< came before the answer that names their subscription
  std::deque<News> news_;
  std::optional<std::string> running_;
  std::optional<Failure> closed_;
  std::function<void(const Failure&)> closed_callback_;
  std::uint64_t next_id_ = 1;
  bool is_stopping_ = false;
  std::jthread dispatcher_;
  std::unique_ptr<WebSocketClient> socket_;
};

JsonRpcClient::JsonRpcClient(std::unique_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
JsonRpcClient::~JsonRpcClient() = default;

Result<std::unique_ptr<JsonRpcClient>> JsonRpcClient::connect(std::string_view url, const WebSocketOptions& options) {
  auto exchange = std::make_unique<Exchange>(std::string(url));
  SUBSTRATEE_TRY(exchange->open(options));
  return std::unique_ptr<JsonRpcClient>(new JsonRpcClient(std::move(exchange)));
}

CallResult<json::value> JsonRpcClient::call(std::string_view method, json::array params,
                                            std::chrono::milliseconds timeout) {
  return exchange_->call(method, std::move(params), timeout, {});
}

CallResult<json::value> JsonRpcClient::subscribe(std::string_view method, json::array params,
                                                 std::string unsubscribe_method, NewsCallback callback,
                                                 std::chrono::milliseconds timeout) {
  PendingCall pending;
  pending.callback = std::make_shared<const NewsCallback>(std::move(callback));
  pending.unsubscribe_method = std::move(unsubscribe_method);
  return exchange_->call(method, std::move(params), timeout, std::move(pending));
}

CallResult<bool> JsonRpcClient::unsubscribe(const json::value& id, std::chrono::milliseconds timeout) {
  const auto method = exchange_->forget(id);
  if (!method) return false;
  const auto answer = SUBSTRATEE_TRY(exchange_->call(*method, {id}, timeout, {}));
  return answer.is_bool() && answer.get_bool();
}

void JsonRpcClient::on_closed(std::function<void(const Failure&)> callback) {
  exchange_->on_closed(std::move(callback));
}

bool JsonRpcClient::is_open() const { return exchange_->socket().is_open(); }
void JsonRpcClient::close() { exchange_->socket().close(); }

}  // namespace substratee::net
