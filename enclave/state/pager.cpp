#include "enclave/state/pager.hpp"

#include "core/base/result.hpp"
#include "core/crypto/hash.hpp"

#include <algorithm>

namespace substratee::enclave::state {
namespace {

KeyRange range_of(const Level& leaves, Level::const_iterator leaf) {
  KeyRange out{leaf->first, std::nullopt};
  if (++leaf != leaves.end()) out.end = leaf->first;
  return out;
}

}  // namespace

/// Nullptr if enough is noted already.
Pager::Wanted* Pager::note(const Hash256& digest) {
  has_missed_ = true;
  const auto known = wanted_.find(digest);
  if (known != wanted_.end()) return &known->second;
  if (wanted_.size() == kMaxWanted) return nullptr;
  return &wanted_[digest];
}

void Pager::note_leaf(const Level::value_type& leaf, std::optional<ByteView> key) {
  auto* wanted = note(leaf.second.digest);
  if (wanted == nullptr) return;
  wanted->key = leaf.first;
  if (key) wanted->keys.insert(to_bytes(*key));
}

void Pager::note_pieces(const LeafRecord& record) {
  const auto [place, is_new] = partial_.try_emplace(to_bytes(record.key));
  auto& [value, missing] = place->second;
  if (is_new) {
    value = crypto::WipedBytes(Bytes(record.size));
    for (std::uint32_t i = 0; i < record.pieces.size(); ++i) missing.insert(i);
  }
  for (const auto ordinal : missing) {
    auto* wanted = note(record.pieces[ordinal].digest);
    if (wanted == nullptr) return;
    wanted->key = place->first;
    wanted->ordinal = ordinal;
    wanted->writer = record.pieces[ordinal].writer;
  }
}

Result<std::optional<ByteView>> Pager::find(const Level& leaves, ByteView key) {
  if (const auto known = missed_.find(key); known != missed_.end()) {
    return known->second ? std::optional(known->second->view()) : std::nullopt;
  }
  auto place = leaves.upper_bound(key);
  if (place == leaves.begin()) return std::nullopt;
  --place;
  const auto* leaf = cache_.find(place->second.digest);
  if (leaf == nullptr) {
    note_leaf(*place, key);
    return std::unexpected(Error::kNotHere);
  }
  const auto record = leaf->find(key);
  if (!record) return std::nullopt;
  if (record->pieces.empty()) return record->value;
  note_pieces(*record);
  return std::unexpected(Error::kNotHere);
}

Result<Leaf> Pager::take(const Level& leaves, ByteView first_key) {
  const auto place = leaves.find(first_key);
  if (auto leaf = cache_.take(place->second.digest)) return *std::move(leaf);
  note_leaf(*place, std::nullopt);
  return std::unexpected(Error::kNotHere);
}

void Pager::want(const Level& leaves, std::span<const Bytes> first_keys) {
  for (const auto& key : first_keys) {
    const auto place = leaves.find(key);
    if (!cache_.contains(place->second.digest)) note_leaf(*place, std::nullopt);
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
  partial_.clear();
  begin();
}

std::vector<ipld::Cid> Pager::wanted() const {
  std::vector<ipld::Cid> out;
  for (const auto& [digest, wanted] : wanted_) out.push_back(ipld::Cid::of(ipld::Codec::kRaw, digest));
  return out;
}

Result<void> Pager::provide(const Level& leaves, const registry::ShardId& shard, const KeyRing& keys,
                            const ipld::Cid& cid, ByteView block) {
  const auto digest = Hash256::from(cid.digest);
  if (!digest || cid.hash != ipld::HashCode::kSha256) return std::unexpected(Error::kNotWanted);
  const auto place = wanted_.find(*digest);
  if (place == wanted_.end()) return std::unexpected(Error::kNotWanted);
  if (crypto::sha256(block) != *digest) return std::unexpected(Error::kHashMismatch);
  SUBSTRATEE_TRY(place->second.ordinal ? take_piece(shard, keys, place->second, block)
                                       : take_leaf(leaves, shard, keys, *digest, place->second, block));
  wanted_.erase(place);
  return {};
}

/// A large one is noted piece by piece when it is asked for again.
void Pager::found(const LeafRecord& record) {
  if (record.pieces.empty()) missed_[to_bytes(record.key)].emplace(to_bytes(record.value));
}

Result<void> Pager::take_leaf(const Level& leaves, const registry::ShardId& shard, const KeyRing& keys,
                              const Hash256& digest, const Wanted& wanted, ByteView block) {
  const auto place = leaves.find(wanted.key);
  auto leaf = SUBSTRATEE_TRY(Leaf::open(keys, shard, place->second.writer, range_of(leaves, place), block));
  for (const auto& key : wanted.keys) {
    if (const auto record = leaf.find(key)) {
      found(*record);
    } else {
      missed_.try_emplace(key);
    }
  }
  cache_.put(digest, std::move(leaf));
  return {};
}

Result<void> Pager::take_piece(const registry::ShardId& shard, const KeyRing& keys, const Wanted& wanted,
                               ByteView block) {
  const auto* state_key = keys.find(wanted.writer.epoch);
  if (state_key == nullptr) return std::unexpected(Error::kUnknownEpoch);
  const auto opened = SUBSTRATEE_TRY(open_node(*state_key, shard, wanted.writer, block));
  auto& [value, missing] = partial_.find(wanted.key)->second;
  const auto size = value.view().size();
  const auto bytes = SUBSTRATEE_TRY(read_piece(opened.content(), wanted.key, *wanted.ordinal, size));
  std::ranges::copy(bytes, value.bytes().begin() + static_cast<std::ptrdiff_t>(*wanted.ordinal * kPieceSize));
  missing.erase(*wanted.ordinal);
  if (missing.empty()) {
    missed_[wanted.key] = std::move(value);
    partial_.erase(wanted.key);
  }
  return {};
}

}  // namespace substratee::enclave::state
