#pragma once

/// What a JSON-RPC server knows of one connection. Touched by its own handlers only, which run one after the other.

#include "net/json_rpc_server.hpp"
#include "net/token_bucket.hpp"

#include <map>

namespace substratee::net {

struct SubscriptionKind {
  SubscriptionNames names;
  SubscribeHandler on_subscribe;
  SubscriptionRules rules;
};

class JsonRpcConnection final : public Caller {
 public:
  /// No session: a POST.
  JsonRpcConnection(std::shared_ptr<WebSocketSession> session, const JsonRpcOptions& options);
  ~JsonRpcConnection() override = default;
  JsonRpcConnection(const JsonRpcConnection&) = delete;
  JsonRpcConnection& operator=(const JsonRpcConnection&) = delete;

  [[nodiscard]] bool owns(std::string_view subscription) const override {
    return subscriptions_.contains(subscription);
  }
  void after_answer(std::function<void()> job) override { after_answer_.push_back(std::move(job)); }

  /// False: too many requests.
  [[nodiscard]] bool admit() { return rate_.take(std::chrono::steady_clock::now()); }
  /// The new subscription's id.
  [[nodiscard]] RpcResult subscribe(const SubscriptionKind& kind, const json::array& params, std::uint64_t id);
  [[nodiscard]] RpcResult unsubscribe(const SubscriptionKind& kind, const json::array& params);
  /// The answer is out: what waited for that follows.
  void answered();
  /// Every subscription ends.
  void end();

 private:
  struct Entry {
    const SubscriptionKind* kind;
    std::shared_ptr<Subscriber> subscriber;
  };
  [[nodiscard]] std::size_t count(const SubscriptionKind& kind) const;

  const JsonRpcOptions& options_;
  const std::weak_ptr<WebSocketSession> session_;
  const bool is_websocket_;
  const std::shared_ptr<SubscriptionMemory> memory_;
  const std::shared_ptr<SubscriptionMemory> waiting_memory_;
  TokenBucket rate_;
  std::map<std::string, Entry, std::less<>> subscriptions_;
  std::vector<std::function<void()>> after_answer_;
};

}  // namespace substratee::net
