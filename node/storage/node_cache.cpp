#include "node/storage/node_cache.hpp"

namespace substratee::node::storage {

NodePtr NodeCache::find(NodeId id) {
  auto& shard = shard_of(id);
  const std::scoped_lock lock(shard.mutex);
  const auto found = shard.entries.find(id);
  if (found == shard.entries.end()) return nullptr;
  found->second.is_used = true;
  return found->second.node;
}

void NodeCache::insert(NodeId id, NodePtr node) {
  auto& shard = shard_of(id);
  const std::scoped_lock lock(shard.mutex);
  const auto size = bytes_of(*node);
  if (!shard.entries.try_emplace(id, Entry{std::move(node), false}).second) return;
  shard.clock.push_back(id);
  shard.bytes += size;
  make_room(shard);
}

void NodeCache::erase(NodeId id) {
  auto& shard = shard_of(id);
  const std::scoped_lock lock(shard.mutex);
  const auto found = shard.entries.find(id);
  if (found == shard.entries.end()) return;
  shard.bytes -= bytes_of(*found->second.node);
  shard.entries.erase(found);  // the clock drops its number when the hand comes by, or below
  if (shard.clock.size() > 64 + 2 * shard.entries.size()) {
    std::erase_if(shard.clock, [&](NodeId one) { return !shard.entries.contains(one); });
    shard.hand = 0;
  }
}

void NodeCache::make_room(Shard& shard) const {
  while (shard.bytes > max_shard_bytes_ && !shard.clock.empty()) {
    if (shard.hand >= shard.clock.size()) shard.hand = 0;
    const auto found = shard.entries.find(shard.clock[shard.hand]);
    if (found != shard.entries.end() && std::exchange(found->second.is_used, false)) {
      ++shard.hand;
      continue;
    }
    if (found != shard.entries.end()) {
      shard.bytes -= bytes_of(*found->second.node);
      shard.entries.erase(found);
    }
    shard.clock[shard.hand] = shard.clock.back();
    shard.clock.pop_back();
  }
}

std::size_t NodeCache::bytes() const {
  std::size_t out = 0;
  for (const auto& shard : shards_) {
    const std::scoped_lock lock(shard.mutex);
    out += shard.bytes;
  }
  return out;
}

}  // namespace substratee::node::storage
