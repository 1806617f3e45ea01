#pragma once

/// Transactions that clients want kept on offer (transaction_v1_broadcast): one that the pool has dropped is offered
/// again, until its client stops it, leaves, or the runtime refuses it for good. A thread of its own; bounded.

#include "net/memory_pot.hpp"
#include "node/api/submission.hpp"

#include <condition_variable>
#include <list>
#include <thread>

namespace substratee::node::api {

class Broadcasts {
 public:
  static constexpr std::size_t kMaxCount = 1024;
  /// Bytes of all transactions that did not fit into their connection's own memory: 16 of the largest.
  static constexpr std::size_t kMaxBytes = std::size_t{64} << 20;
  static constexpr std::chrono::seconds kPeriod{10};

  explicit Broadcasts(const NodeContext& context, std::size_t max_bytes = kMaxBytes);
  ~Broadcasts();
  Broadcasts(const Broadcasts&) = delete;
  Broadcasts& operator=(const Broadcasts&) = delete;

  /// Offers it now and, while `operation` is open, again. False: too many, or too large altogether.
  [[nodiscard]] bool add(Bytes extrinsic, SubscriberPtr operation);

 private:
  struct Entry {
    Entry(Bytes wire, SubscriberPtr wanted_by, std::shared_ptr<net::MemoryPot> pot)
        : extrinsic(std::move(wire)), operation(std::move(wanted_by)), common(std::move(pot), 0) {}
    Bytes extrinsic;
    SubscriberPtr operation;
    net::MemoryShare common;  ///< what it takes of the common memory
  };
  using EntryPtr = std::shared_ptr<const Entry>;  ///< the list, and who offers it at this moment

  /// Whether it makes sense to try again.
  [[nodiscard]] bool offer(const Bytes& extrinsic) const;
  void run(const std::stop_token& stop);

  const NodeContext context_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  const std::shared_ptr<net::MemoryPot> memory_;
  std::list<EntryPtr> entries_;
  std::jthread thread_;
};

}  // namespace substratee::node::api
