#pragma once

/// Who follows which keys of the state. A block costs in proportion to what it changes, not to what is followed; each
/// changed value is turned into text once, and beside these texts nothing is kept but what waits to be sent.
/// One thread at a time.

#include "net/subscriber.hpp"
#include "node/runtime/state.hpp"

#include <memory>
#include <set>
#include <span>
#include <vector>

namespace substratee::node::api {

class StorageFollowers {
 public:
  using SubscriberPtr = std::shared_ptr<net::Subscriber>;  ///< shared with the connection, which may end first

  /// Bytes that following these keys takes.
  [[nodiscard]] static std::size_t memory_of(std::span<const Bytes> keys);

  /// Told {"block", "changes": [[key, value or null], …]} with those that change from now on.
  void add(std::vector<Bytes> keys, SubscriberPtr subscriber);
  void tell(const Hash256& block, const runtime::Changes& changes);

 private:
  struct Follower {
    std::set<Bytes> keys;
    SubscriberPtr subscriber;
  };
  using FollowerPtr = std::shared_ptr<const Follower>;  ///< one entry below each of its keys

  void forget(const FollowerPtr& follower);

  std::set<FollowerPtr> followers_;
  std::map<Bytes, std::vector<FollowerPtr>> by_key_;
};

}  // namespace substratee::node::api
