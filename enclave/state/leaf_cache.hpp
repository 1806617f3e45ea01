#pragma once

/// Opened leaves by digest, never more than a bound of memory: the least recently used go first. Secret; wiped as it
/// goes. Without a bound it is where a state in memory has its records.

#include "enclave/state/leaf.hpp"

#include <limits>
#include <list>
#include <optional>
#include <unordered_map>

namespace substratee::enclave::state {

class LeafCache {
 public:
  /// What one leaf takes: its frame, and what list and map hold beside it.
  static constexpr std::size_t kCost = kPlaintextSize + 256;
  static constexpr std::size_t kMinLimit = 8 * kCost;
  static constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

  /// `limit` in bytes of memory; at least kMinLimit is taken. Nothing: no bound.
  explicit LeafCache(std::optional<std::size_t> limit) : limit_(limit ? std::max(*limit, kMinLimit) : kNoLimit) {}

  /// Nullptr if it is not here; valid until the next call.
  [[nodiscard]] const Leaf* find(const Hash256& digest);
  [[nodiscard]] bool contains(const Hash256& digest) const { return places_.contains(digest); }
  void put(const Hash256& digest, Leaf leaf);
  /// Gives the leaf away.
  [[nodiscard]] std::optional<Leaf> take(const Hash256& digest);

  [[nodiscard]] std::size_t limit() const noexcept { return limit_; }
  [[nodiscard]] bool is_bounded() const noexcept { return limit_ != kNoLimit; }
  /// Memory in use, never above the limit.
  [[nodiscard]] std::size_t bytes() const noexcept { return places_.size() * kCost; }

 private:
  struct Entry {
    Hash256 digest;
    Leaf leaf;
  };
  using Entries = std::list<Entry>;  // most recently used first

  std::size_t limit_;
  Entries entries_;
  std::unordered_map<Hash256, Entries::iterator, DigestHash> places_;
};

}  // namespace substratee::enclave::state
