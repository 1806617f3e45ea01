#include "enclave/state/pager.hpp"

#include "core/base/result.hpp"
#include "core/crypto/hash.hpp"

#include <algorithm>

namespace substratee::enclave::state {
namespace {

/// Index of the leaf that would hold `key`; nothing if it comes before all.
std::optional<std::size_t> place_of(std::span<const NodeRef> leaves, ByteView key) {
  const auto above =
      std::ranges::upper_bound(leaves, key, KeyLess{}, [](const NodeRef& leaf) { return ByteView(leaf.first_key); });
  if (above == leaves.begin()) return std::nullopt;
  return static_cast<std::size_t>(above - leaves.begin()) - 1;
}

KeyRange range_of(std::span<const NodeRef> leaves, std::size_t index) {
  KeyRange out{leaves[index].first_key, std::nullopt};
  if (index + 1 < leaves.size()) out.end = leaves[index + 1].first_key;
  return out;
}

}  // namespace

/// Nullptr if enough is noted already.
Pager::Keys* Pager::note(std::span<const NodeRef> leaves, std::size_t index) {
  has_missed_ = true;
  const auto& digest = leaves[index].digest;
  const auto found = wanted_.find(digest);
  if (found != wanted_.end()) return &found->second.keys;
  if (wanted_.size() == kMaxWanted) return nullptr;
  return &wanted_.emplace(digest, Wanted{index, {}}).first->second.keys;
}

Result<std::optional<ByteView>> Pager::find(std::span<const NodeRef> leaves, ByteView key) {
  if (const auto known = missed_.find(key); known != missed_.end()) {
    return known->second ? std::optional(known->second->view()) : std::nullopt;
  }
  const auto index = place_of(leaves, key);
  if (!index) return std::nullopt;
  if (const auto* leaf = cache_.find(leaves[*index].digest)) return leaf->find(key);
  if (auto* keys = note(leaves, *index)) keys->insert(to_bytes(key));
  return std::unexpected(Error::kNotHere);
}

Result<Leaf> Pager::take(std::span<const NodeRef> leaves, std::size_t index) {
  if (auto leaf = cache_.take(leaves[index].digest)) return *std::move(leaf);
  static_cast<void>(note(leaves, index));
  return std::unexpected(Error::kNotHere);
}

void Pager::want(std::span<const NodeRef> leaves, std::span<const std::size_t> indices) {
  for (const auto index : indices) {
    if (!cache_.contains(leaves[index].digest)) static_cast<void>(note(leaves, index));
  }
}

std::size_t Pager::max_ahead() const noexcept {
  return std::clamp<std::size_t>(cache_.limit() / LeafCache::kCost / 4, 1, kMaxWanted);
}

void Pager::begin() {
  wanted_.clear();
  has_missed_ = false;
}

void Pager::settled() {
  missed_.clear();
  begin();
}

std::vector<ipld::Cid> Pager::wanted() const {
  std::vector<ipld::Cid> out;
  for (const auto& [digest, wanted] : wanted_) out.push_back(ipld::Cid::of(ipld::Codec::kRaw, digest));
  return out;
}

Result<void> Pager::provide(std::span<const NodeRef> leaves, const registry::ShardId& shard, const KeyRing& keys,
                            const ipld::Cid& cid, ByteView block) {
  const auto digest = Hash256::from(cid.digest);
  if (!digest || cid.hash != ipld::HashCode::kSha256) return std::unexpected(Error::kNotWanted);
  const auto found = wanted_.find(*digest);
  if (found == wanted_.end()) return std::unexpected(Error::kNotWanted);
  if (crypto::sha256(block) != *digest) return std::unexpected(Error::kHashMismatch);
  const auto& [index, wanted_keys] = found->second;
  auto leaf = SUBSTRATEE_TRY(Leaf::open(keys, shard, leaves[index].writer, range_of(leaves, index), block));
  for (const auto& key : wanted_keys) {
    auto& value = missed_[key];
    if (const auto there = leaf.find(key)) value.emplace(to_bytes(*there));
  }
  cache_.put(*digest, std::move(leaf));
  wanted_.erase(found);
  return {};
}

}  // namespace substratee::enclave::state
