#include "node/api/feed.hpp"

#include "node/api/json_forms.hpp"

namespace substratee::node::api {

namespace {

void tell_all(std::vector<SubscriberPtr>& followers, const json::value& news) {
  std::erase_if(followers, [&](const auto& follower) { return !follower->notify(news); });
}

/// Also forgets who has left, for news may be rare.
void tell_and_add(std::vector<SubscriberPtr>& followers, SubscriberPtr newcomer, const json::value& news) {
  std::erase_if(followers, [](const auto& follower) { return !follower->is_open(); });
  newcomer->notify(news);
  followers.push_back(std::move(newcomer));
}

json::array change(const Bytes& key, const std::optional<Bytes>& value) {
  return {hex_json(key), value ? hex_json(*value) : json::value(nullptr)};
}

json::value storage_news(const primitives::BlockHash& block, json::array changes) {
  return json::object{{"block", hex_json(block)}, {"changes", std::move(changes)}};
}

bool is_last(pool::Status status) {
  return status != pool::Status::kReady && status != pool::Status::kFuture && status != pool::Status::kInBlock;
}

}  // namespace

Feed::Feed(const storage::ChainStore& store)
    : store_(store), best_(store.best_header()), final_(best_), final_id_(store.best()) {}

void Feed::follow_best(SubscriberPtr subscriber) {
  const std::scoped_lock lock(mutex_);
  tell_and_add(best_followers_, std::move(subscriber), to_json(best_));
}

void Feed::follow_final(SubscriberPtr subscriber) {
  const std::scoped_lock lock(mutex_);
  tell_and_add(final_followers_, std::move(subscriber), to_json(final_));
}

storage::Result<void> Feed::follow_storage(std::vector<Bytes> keys, SubscriberPtr subscriber) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(storage_followers_, [](const auto& follower) { return !follower.subscriber->is_open(); });
  const auto hash = best_.hash();
  const auto state = SUBSTRATEE_TRY(store_.at(hash));
  json::array changes;
  for (const auto& key : keys) changes.push_back(change(key, state->get(key)));
  subscriber->notify(storage_news(hash, std::move(changes)));
  storage_followers_.push_back({std::move(keys), std::move(subscriber)});
  return {};
}

void Feed::watch(const Hash256& transaction, SubscriberPtr subscriber) {
  const std::scoped_lock lock(mutex_);
  watchers_.insert_or_assign(transaction, std::move(subscriber));
}

storage::BlockId Feed::finalized() const {
  const std::scoped_lock lock(mutex_);
  return final_id_;
}

void Feed::on_best(const storage::NewBlock& block, const primitives::BlockHash& hash) {
  const std::scoped_lock lock(mutex_);
  best_ = block.header;
  tell_all(best_followers_, to_json(best_));
  std::erase_if(storage_followers_, [&](const StorageFollower& follower) {
    json::array changes;
    for (const auto& key : follower.keys) {
      if (const auto changed = block.changes.find(key); changed != block.changes.end())
        changes.push_back(change(key, changed->second));
    }
    return !changes.empty() && !follower.subscriber->notify(storage_news(hash, std::move(changes)));
  });
}

void Feed::on_final(primitives::BlockNumber number, const primitives::BlockHash& hash,
                    const primitives::Header& header) {
  const std::scoped_lock lock(mutex_);
  final_ = header;
  final_id_ = {number, hash};
  tell_all(final_followers_, to_json(final_));
}

void Feed::on_transaction(const pool::Notice& notice) {
  const std::scoped_lock lock(mutex_);
  const auto watcher = watchers_.find(notice.transaction);
  if (watcher == watchers_.end()) return;
  const bool heard = watcher->second->notify(to_json(notice));
  if (!heard || is_last(notice.status)) watchers_.erase(watcher);
}

}  // namespace substratee::node::api
