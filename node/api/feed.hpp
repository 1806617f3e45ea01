#pragma once

/// News of the chain for subscribers: heads, finality, storage, transactions. Safe from any thread; subscribers are
/// told in the chain's order. Ended subscriptions are forgotten at the next news of their kind.

#include "net/subscriber.hpp"
#include "node/api/params.hpp"
#include "node/api/storage_followers.hpp"
#include "node/service/chain.hpp"

#include <mutex>

namespace substratee::node::api {

using SubscriberPtr = std::shared_ptr<net::Subscriber>;  ///< shared with the connection, which may end first

/// Both kinds of news for one subscription. Called under the feed's lock, on the chain's thread: must not block nor
/// call the feed. False: tell no more.
class HeadListener {
 public:
  virtual ~HeadListener() = default;
  [[nodiscard]] virtual bool on_best(const primitives::Header& header, const primitives::BlockHash& hash) = 0;
  [[nodiscard]] virtual bool on_final(const storage::BlockId& block) = 0;
};

/// Who hears of one transaction, and in which form; a form of nothing is not sent. `index`: its place in the block.
struct TransactionWatcher {
  SubscriberPtr subscriber;
  std::optional<json::value> (*form)(const pool::Notice& notice, std::uint32_t index);
};

class Feed final : public service::ChainEvents {
 public:
  explicit Feed(const storage::ChainStore& store);

  /// Told the present head at once, then every new one.
  void follow_best(SubscriberPtr subscriber);
  void follow_final(SubscriberPtr subscriber);
  /// `start` is given the last final block and the best one; the listener hears of everything after these.
  void follow_heads(std::shared_ptr<HeadListener> listener,
                    const std::function<void(const storage::BlockId& final, const storage::BlockId& best)>& start);
  /// Told the present values at once, then what changes. kResponseTooLarge if the values are more than `max_text` bytes
  /// of JSON.
  [[nodiscard]] std::expected<void, RpcError> follow_storage(std::vector<Bytes> keys, SubscriberPtr subscriber,
                                                             std::size_t max_text);
  void watch(const Hash256& transaction, TransactionWatcher watcher);

  [[nodiscard]] storage::BlockId finalized() const;

  void on_best(const storage::NewBlock& block, const primitives::BlockHash& hash) override;
  void on_final(primitives::BlockNumber number, const primitives::BlockHash& hash,
                const primitives::Header& header) override;
  void on_transaction(const pool::Notice& notice) override;

 private:
  struct Watched {
    std::vector<TransactionWatcher> watchers;
    std::uint32_t index = 0;
  };
  void find_watched(const std::vector<Bytes>& extrinsics);

  const storage::ChainStore& store_;
  mutable std::mutex mutex_;
  primitives::Header best_;
  storage::BlockId best_id_;
  primitives::Header final_;
  storage::BlockId final_id_;
  std::vector<SubscriberPtr> best_followers_;
  std::vector<SubscriberPtr> final_followers_;
  std::vector<std::shared_ptr<HeadListener>> listeners_;
  StorageFollowers storage_followers_;
  std::map<Hash256, Watched> watched_;
};

}  // namespace substratee::node::api
