#include "node/api/storage_followers.hpp"

#include "rpc/json_forms.hpp"

namespace substratee::node::api {

namespace {

namespace json = boost::json;

/// Beside the key itself, which is kept twice.
constexpr std::size_t kPerKey = 256;
constexpr std::size_t kPerFollower = 256;

json::array change(const Bytes& key, const std::optional<Bytes>& value) {
  return {rpc::hex_json(key), value ? rpc::hex_json(*value) : json::value(nullptr)};
}

json::value storage_news(const Hash256& block, json::array changes) {
  return json::object{{"block", rpc::hex_json(block)}, {"changes", std::move(changes)}};
}

}  // namespace

std::size_t StorageFollowers::memory_of(std::span<const Bytes> keys) {
  std::size_t total = kPerFollower;
  for (const auto& key : keys) total += kPerKey + 2 * key.size();
  return total;
}

void StorageFollowers::add(std::vector<Bytes> keys, SubscriberPtr subscriber, const Hash256& block,
                           const runtime::StateView& state) {
  // Who has left goes now: their keys may never change again.
  std::vector<FollowerPtr> gone;
  for (const auto& follower : followers_) {
    if (!follower->subscriber->is_open()) gone.push_back(follower);
  }
  for (const auto& follower : gone) forget(follower);

  json::array changes;
  for (const auto& key : keys) changes.push_back(change(key, state.get(key)));
  subscriber->notify(storage_news(block, std::move(changes)));
  const auto follower = std::make_shared<const Follower>(
      Follower{{std::make_move_iterator(keys.begin()), std::make_move_iterator(keys.end())}, std::move(subscriber)});
  for (const auto& key : follower->keys) by_key_[key].push_back(follower);
  followers_.insert(follower);
}

void StorageFollowers::tell(const Hash256& block, const runtime::Changes& changes) {
  if (followers_.empty()) return;
  std::map<FollowerPtr, json::array> news;
  for (const auto& [key, value] : changes) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) continue;
    for (const auto& follower : found->second) news[follower].push_back(change(key, value));
  }
  for (auto& [follower, list] : news) {
    if (!follower->subscriber->notify(storage_news(block, std::move(list)))) forget(follower);
  }
}

void StorageFollowers::forget(const FollowerPtr& follower) {
  for (const auto& key : follower->keys) {
    const auto found = by_key_.find(key);
    std::erase(found->second, follower);
    if (found->second.empty()) by_key_.erase(found);
  }
  followers_.erase(follower);
}

}  // namespace substratee::node::api
