#include "enclave/state/leaf_cache.hpp"

#include <iterator>

namespace substratee::enclave::state {

/// With what list and map take beside it.
std::size_t LeafCache::cost(const Leaf& leaf) noexcept {
  constexpr std::size_t kBookkeeping = 2 * sizeof(Hash256) + 12 * sizeof(void*);
  return leaf.footprint() + kBookkeeping;
}

void LeafCache::remove(Entries::iterator entry) {
  bytes_ -= cost(entry->leaf);
  places_.erase(entry->digest);
  entries_.erase(entry);
}

const Leaf* LeafCache::find(const Hash256& digest) {
  const auto place = places_.find(digest);
  if (place == places_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, place->second);
  return &entries_.front().leaf;
}

void LeafCache::put(const Hash256& digest, Leaf leaf) {
  if (find(digest) != nullptr) return;
  const auto more = cost(leaf);
  if (more > limit_) return;
  while (bytes_ + more > limit_) remove(std::prev(entries_.end()));
  entries_.push_front({digest, std::move(leaf)});
  places_.emplace(digest, entries_.begin());
  bytes_ += more;
}

std::optional<Leaf> LeafCache::take(const Hash256& digest) {
  const auto place = places_.find(digest);
  if (place == places_.end()) return std::nullopt;
  auto leaf = std::optional(std::move(place->second->leaf));
  bytes_ -= cost(*leaf);
  entries_.erase(place->second);
  places_.erase(place);
  return leaf;
}

}  // namespace substratee::enclave::state
