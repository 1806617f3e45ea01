#pragma once

/// Transactions that clients want kept on offer (transaction_v1_broadcast): one that the pool has dropped is offered
/// again, until its client stops it, leaves, or the runtime refuses it for good. A thread of its own; bounded.

#include "node/api/submission.hpp"

#include <condition_variable>
#include <list>
#include <thread>

namespace substratee::node::api {

class Broadcasts {
 public:
  static constexpr std::size_t kMaxCount = 1024;
  static constexpr std::chrono::seconds kPeriod{10};

  explicit Broadcasts(const NodeContext& context);
  ~Broadcasts();
  Broadcasts(const Broadcasts&) = delete;
  Broadcasts& operator=(const Broadcasts&) = delete;

  /// Offers it now and, while `operation` is open, again. False: too many.
  [[nodiscard]] bool add(Bytes extrinsic, SubscriberPtr operation);

 private:
  struct Entry {
    Bytes extrinsic;
    SubscriberPtr operation;
  };
  /// Whether it makes sense to try again.
  [[nodiscard]] bool offer(const Bytes& extrinsic) const;
  void run(const std::stop_token& stop);

  const NodeContext context_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::list<Entry> entries_;
  std::jthread thread_;
};

}  // namespace substratee::node::api
