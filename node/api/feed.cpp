#include "node/api/feed.hpp"

#include "node/api/json_forms.hpp"
#include "node/api/storage_changes.hpp"

namespace substratee::node::api {

namespace {

void tell_all(std::vector<SubscriberPtr>& followers, const primitives::Header& news) {
  if (followers.empty()) return;
  const auto text = json::serialize(to_json(news));
  std::erase_if(followers, [&](const auto& follower) { return !follower->notify_text(text); });
}

/// Also forgets who has left, for news may be rare.
void tell_and_add(std::vector<SubscriberPtr>& followers, SubscriberPtr newcomer, const primitives::Header& news) {
  std::erase_if(followers, [](const auto& follower) { return !follower->is_open(); });
  newcomer->notify(to_json(news));
  followers.push_back(std::move(newcomer));
}

/// To read the present values without the lock.
constexpr int kTries = 4;

Parsed<std::string> present_text(const storage::ChainStore& store, std::span<const Bytes> keys, const Hash256& block,
                                 std::size_t max) {
  const auto state = SUBSTRATEE_TRY(or_error(store.at(block)));
  AnswerBudget budget(max);
  return json::serialize(SUBSTRATEE_TRY(storage_changes(keys, block, *state, budget)));
}

bool is_last(pool::Status status) {
  return status != pool::Status::kReady && status != pool::Status::kFuture && status != pool::Status::kInBlock;
}

}  // namespace

Feed::Feed(const storage::ChainStore& store)
    : store_(store), best_(store.best_header()), best_id_(store.best()), final_(best_), final_id_(best_id_) {}

void Feed::follow_best(SubscriberPtr subscriber) {
  const std::scoped_lock lock(mutex_);
  tell_and_add(best_followers_, std::move(subscriber), best_);
}

void Feed::follow_final(SubscriberPtr subscriber) {
  const std::scoped_lock lock(mutex_);
  tell_and_add(final_followers_, std::move(subscriber), final_);
}

void Feed::follow_heads(std::shared_ptr<HeadListener> listener,
                        const std::function<void(const storage::BlockId&, const storage::BlockId&)>& start) {
  const std::scoped_lock lock(mutex_);
  start(final_id_, best_id_);
  listeners_.push_back(std::move(listener));
}

/// The present values are read without the lock, which the chain's thread wants too; again when a block came between.
std::expected<void, RpcError> Feed::follow_storage(std::vector<Bytes> list, SubscriberPtr subscriber,
                                                   std::size_t max_text) {
  auto keys = without_repeats(std::move(list));
  if (!subscriber->reserve(StorageFollowers::memory_of(keys))) {
    return std::unexpected(RpcError{net::kTooManySubscriptions, "This connection follows too many keys", std::nullopt});
  }
  std::unique_lock lock(mutex_);
  for (int i = 0;; ++i) {
    const auto block = best_id_;
    const bool is_last_try = i == kTries;
    if (!is_last_try) lock.unlock();
    const auto text = SUBSTRATEE_TRY(present_text(store_, keys, block.hash, max_text));
    if (!is_last_try) lock.lock();
    if (!(block == best_id_)) continue;
    subscriber->notify_text(text);
    storage_followers_.add(std::move(keys), std::move(subscriber));
    return {};
  }
}

void Feed::watch(const Hash256& transaction, TransactionWatcher watcher) {
  const std::scoped_lock lock(mutex_);
  watched_[transaction].watchers.push_back(std::move(watcher));
}

storage::BlockId Feed::finalized() const {
  const std::scoped_lock lock(mutex_);
  return final_id_;
}

/// Where in the new block the watched transactions stand.
void Feed::find_watched(const std::vector<Bytes>& extrinsics) {
  if (watched_.empty()) return;
  for (std::uint32_t i = 0; i < extrinsics.size(); ++i) {
    const auto found = watched_.find(primitives::extrinsic_hash(extrinsics[i]));
    if (found != watched_.end()) found->second.index = i;
  }
}

void Feed::on_best(const storage::NewBlock& block, const primitives::BlockHash& hash) {
  const std::scoped_lock lock(mutex_);
  best_ = block.header;
  best_id_ = {best_.number.value, hash};
  find_watched(block.extrinsics);
  tell_all(best_followers_, best_);
  std::erase_if(listeners_, [&](const auto& listener) { return !listener->on_best(best_, hash); });
  storage_followers_.tell(hash, block.changes);
}

void Feed::on_final(primitives::BlockNumber number, const primitives::BlockHash& hash,
                    const primitives::Header& header) {
  const std::scoped_lock lock(mutex_);
  final_ = header;
  final_id_ = {number, hash};
  tell_all(final_followers_, final_);
  std::erase_if(listeners_, [&](const auto& listener) { return !listener->on_final(final_id_); });
}

void Feed::on_transaction(const pool::Notice& notice) {
  const std::scoped_lock lock(mutex_);
  const auto found = watched_.find(notice.transaction);
  if (found == watched_.end()) return;
  auto& [watchers, index] = found->second;
  std::erase_if(watchers, [&](const TransactionWatcher& watcher) {
    const auto news = watcher.form(notice, index);
    return news ? !watcher.subscriber->notify(*news) : !watcher.subscriber->is_open();
  });
  if (is_last(notice.status)) {
    for (const auto& watcher : watchers) watcher.subscriber->finish();
  }
  if (watchers.empty() || is_last(notice.status)) watched_.erase(found);
}

}  // namespace substratee::node::api
