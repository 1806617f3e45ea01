#pragma once

/// News of the chain for subscribers: heads, finality, storage, transactions. Safe from any thread; subscribers are
/// told in the chain's order. Ended subscriptions are forgotten at the next news of their kind.

#include "net/subscriber.hpp"
#include "node/service/chain.hpp"

#include <mutex>

namespace substratee::node::api {

using SubscriberPtr = std::shared_ptr<net::Subscriber>;  ///< shared with the connection, which may end first

class Feed final : public service::ChainEvents {
 public:
  explicit Feed(const storage::ChainStore& store);

  /// Told the present head at once, then every new one.
  void follow_best(SubscriberPtr subscriber);
  void follow_final(SubscriberPtr subscriber);
  /// Told the present values at once, then what changes.
  [[nodiscard]] storage::Result<void> follow_storage(std::vector<Bytes> keys, SubscriberPtr subscriber);
  void watch(const Hash256& transaction, SubscriberPtr subscriber);

  [[nodiscard]] storage::BlockId finalized() const;

  void on_best(const storage::NewBlock& block, const primitives::BlockHash& hash) override;
  void on_final(primitives::BlockNumber number, const primitives::BlockHash& hash,
                const primitives::Header& header) override;
  void on_transaction(const pool::Notice& notice) override;

 private:
  struct StorageFollower {
    std::vector<Bytes> keys;
    SubscriberPtr subscriber;
  };
  const storage::ChainStore& store_;
  mutable std::mutex mutex_;
  primitives::Header best_;
  primitives::Header final_;
  storage::BlockId final_id_;
  std::vector<SubscriberPtr> best_followers_;
  std::vector<SubscriberPtr> final_followers_;
  std::vector<StorageFollower> storage_followers_;
  std::map<Hash256, SubscriberPtr> watchers_;
};

}  // namespace substratee::node::api
