#include "enclave/state/leaf_cache.hpp"

namespace substratee::enclave::state {

const Leaf* LeafCache::find(const Hash256& digest) {
  const auto place = places_.find(digest);
  if (place == places_.end()) return nullptr;
  if (is_bounded()) entries_.splice(entries_.begin(), entries_, place->second);
  return &place->second->leaf;
}

void LeafCache::put(const Hash256& digest, Leaf leaf) {
  if (find(digest) != nullptr) return;
  while (bytes() > limit_ - kCost) {
    places_.erase(entries_.back().digest);
    entries_.pop_back();
  }
  entries_.push_front({digest, std::move(leaf)});
  places_.emplace(digest, entries_.begin());
}

std::optional<Leaf> LeafCache::take(const Hash256& digest) {
  const auto place = places_.find(digest);
  if (place == places_.end()) return std::nullopt;
  auto leaf = std::optional(std::move(place->second->leaf));
  entries_.erase(place->second);
  places_.erase(place);
  return leaf;
}

}  // namespace substratee::enclave::state
