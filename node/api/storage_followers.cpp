#include "node/api/storage_followers.hpp"

#include "core/base/hex.hpp"

#include <deque>

namespace substratee::node::api {

namespace {

/// Beside the key itself, which is kept twice.
constexpr std::size_t kPerKey = 256;
constexpr std::size_t kPerFollower = 256;

/// Texts of changes, by whoever is told of them.
using Texts = std::vector<const std::string*>;

std::string change_text(const Bytes& key, const std::optional<Bytes>& value) {
  auto text = "[\"" + to_hex_prefixed(key) + "\",";
  if (!value) return text + "null]";
  return text + '"' + to_hex_prefixed(*value) + "\"]";
}

std::string news_text(const Hash256& block, const Texts& changes) {
  std::string out = R"({"block":")" + to_hex_prefixed(block.bytes) + R"(","changes":[)";
  std::size_t size = out.size() + 2;
  for (const auto* change : changes) size += change->size() + 1;
  out.reserve(size);
  for (const auto* change : changes) {
    out += *change;
    out += ',';
  }
  out.back() = ']';
  return out + '}';
}

}  // namespace

std::size_t StorageFollowers::memory_of(std::span<const Bytes> keys) {
  std::size_t total = kPerFollower;
  for (const auto& key : keys) total += kPerKey + 2 * key.size();
  return total;
}

void StorageFollowers::add(std::vector<Bytes> keys, SubscriberPtr subscriber) {
  // Who has left goes now: their keys may never change again.
  std::vector<FollowerPtr> gone;
  for (const auto& follower : followers_) {
    if (!follower->subscriber->is_open()) gone.push_back(follower);
  }
  for (const auto& follower : gone) forget(follower);

  const auto follower = std::make_shared<const Follower>(
      Follower{{std::make_move_iterator(keys.begin()), std::make_move_iterator(keys.end())}, std::move(subscriber)});
  for (const auto& key : follower->keys) by_key_[key].push_back(follower);
  followers_.insert(follower);
}

void StorageFollowers::tell(const Hash256& block, const runtime::Changes& changes) {
  if (followers_.empty()) return;
  std::deque<std::string> texts;
  std::map<FollowerPtr, Texts> news;
  for (const auto& [key, value] : changes) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) continue;
    const auto& text = texts.emplace_back(change_text(key, value));
    for (const auto& follower : found->second) news[follower].push_back(&text);
  }
  for (const auto& [follower, list] : news) {
    // Asked first: the text is not made for the other subscriptions of a connection that was just cut off.
    auto& subscriber = *follower->subscriber;
    if (!subscriber.is_open() || !subscriber.notify_text(news_text(block, list))) forget(follower);
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
