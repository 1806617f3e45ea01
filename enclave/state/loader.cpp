#include "enclave/state/loader.hpp"

#include "core/base/result.hpp"
#include "core/crypto/hash.hpp"
#include "enclave/state/cut.hpp"
#include "enclave/state/leaf.hpp"
#include "enclave/state/node_writer.hpp"
#include "enclave/state/tree.hpp"

#include <algorithm>
#include <utility>

namespace substratee::enclave::state {
namespace {

/// Every page begins where the one before ends, and holds what stands below it.
bool are_pages_cut(const crypto::Secret<32>& cut_key, std::uint8_t number, const Level& below, const Level& pages) {
  auto child = below.begin();
  for (const auto& [first_key, page] : pages) {
    if (child == below.end() ? !below.empty() : child->first != first_key) return false;
    const auto end = page_end(cut_key, below, child);
    if (crypto::sha256(encode_page(number, child, end).view()) != page.plaintext) return false;
    child = end;
  }
  return child == below.end();
}

bool is_padded(const Shape& shape, const Nodes& nodes) {
  const auto count = padding_count(nodes.leaves);
  auto leaf = nodes.leaves.lower_bound(padding_key(0));
  for (std::uint32_t number = 0; leaf != nodes.leaves.end(); ++number, ++leaf) {
    if (leaf->first != padding_key(number)) return false;
  }
  return count == wanted_padding(shape, nodes);
}

void add_to_tree(const Nodes& nodes, PublicTree& tree) {
  for (const auto& [key, leaf] : nodes.leaves) tree.leaves.put(Place::of_leaf(0, key), leaf.digest);
  for (const auto& [key, pieces] : nodes.pieces) {
    for (std::uint32_t i = 0; i < pieces.size(); ++i) tree.leaves.put(Place::of_piece(key, i), pieces[i].digest);
  }
  for (std::size_t i = 0; i < nodes.pages.size(); ++i) {
    for (const auto& [key, page] : nodes.pages[i]) tree.index.put(Place::of_page(i + 1, key), page.digest);
  }
}

}  // namespace

Loader::Loader(const registry::StateCid& root, const registry::ShardId& shard, registry::BlockNumber height_limit,
               const KeyRing& keys, crypto::Secret<32> cut_key, CacheLimit cache_limit)
    : state_(shard, std::move(cut_key), cache_limit, Shape{}), height_limit_(height_limit), keys_(&keys) {
  state_.root_ = root;
  state_.has_root_ = true;
}

Result<Loader> Loader::start(const registry::StateCid& root, const registry::ShardId& shard,
                             registry::BlockNumber height_limit, const KeyRing& keys, crypto::Secret<32> cut_key,
                             CacheLimit cache_limit) {
  const auto cid = SUBSTRATEE_TRY_OR(Error::kBadRoot, ipld::Cid::from_bytes(root.bytes));
  if (cid.codec != ipld::Codec::kDagPb || cid.hash != ipld::HashCode::kSha256 || cid.version != ipld::Version::kV1) {
    return std::unexpected(Error::kBadRoot);
  }
  Loader out(root, shard, height_limit, keys, std::move(cut_key), cache_limit);
  out.want(*Hash256::from(cid.digest),
           {.kind = Kind::kRoot, .level = 0, .writer = {}, .range = {}, .ordinal = 0, .size = 0});
  return out;
}

void Loader::want(const Hash256& digest, Expected expected) {
  const int rank = expected.kind == Kind::kPiece ? 1 : -static_cast<int>(expected.level);
  wanted_[rank].emplace(digest, std::move(expected));
}

bool Loader::is_wanted(const Hash256& digest) const {
  return std::ranges::any_of(wanted_, [&](const auto& rank) { return rank.second.contains(digest); });
}

std::vector<ipld::Cid> Loader::wanted(std::size_t max) const {
  std::vector<ipld::Cid> out;
  for (const auto& [rank, blocks] : wanted_) {
    for (const auto& [digest, expected] : blocks) {
      if (out.size() == max) return out;
      out.push_back(ipld::Cid::of(expected.kind == Kind::kRoot ? ipld::Codec::kDagPb : ipld::Codec::kRaw, digest));
    }
  }
  return out;
}

Result<void> Loader::provide(const ipld::Cid& cid, ByteView block) {
  const auto digest = Hash256::from(cid.digest);
  if (!digest || cid.hash != ipld::HashCode::kSha256) return std::unexpected(Error::kNotWanted);
  const auto rank = std::ranges::find_if(wanted_, [&](const auto& one) { return one.second.contains(*digest); });
  if (rank == wanted_.end()) return std::unexpected(Error::kNotWanted);
  if (crypto::sha256(block) != *digest) return std::unexpected(Error::kHashMismatch);
  // What it refers to is added while it is taken: an element stays where it is, an iterator may not.
  const auto& expected = rank->second.find(*digest)->second;
  SUBSTRATEE_TRY(take(*digest, expected, block));
  rank->second.erase(*digest);
  if (rank->second.empty()) wanted_.erase(rank);
  return {};
}

Result<void> Loader::take(const Hash256& digest, const Expected& expected, ByteView block) {
  switch (expected.kind) {
    case Kind::kRoot: return take_root(block);
    case Kind::kManifest: return take_manifest(block);
    case Kind::kPiece: return take_piece(digest, expected, block);
    case Kind::kNode: break;
  }
  if (expected.range.first && is_padding_key(*expected.range.first) && expected.level == 0) {
    return take_padding(digest, expected, block);
  }
  return expected.level == 0 ? take_leaf(digest, expected, block) : take_page(digest, expected, block);
}

Result<void> Loader::take_root(ByteView block) {
  manifest_digest_ = SUBSTRATEE_TRY(read_root(block));
  want(manifest_digest_, {.kind = Kind::kManifest, .level = 0, .writer = {}, .range = {}, .ordinal = 0, .size = 0});
  return {};
}

Result<void> Loader::take_manifest(ByteView block) {
  for (const auto& [epoch, state_key] : keys_->newest_first()) {
    const auto opened = open_manifest(state_key, state_.shard_, block);
    if (opened) return read_manifest(epoch, opened->content());
    if (opened.error() != Error::kNotAuthentic) return std::unexpected(opened.error());
  }
  return std::unexpected(Error::kNotAuthentic);
}

Result<void> Loader::read_manifest(registry::Epoch epoch, ByteView content) {
  // The version comes first, so that a later one is named as such and not as malformed.
  scale::Decoder in(content);
  const auto format = SUBSTRATEE_TRY_OR(Error::kBadEncoding, scale::decode_from<std::uint32_t>(in));
  if (format != kFormat) return std::unexpected(Error::kUnknownFormat);
  const auto manifest = SUBSTRATEE_TRY_OR(Error::kBadEncoding, scale::decode<Manifest>(content));
  if (manifest.shard != state_.shard_) return std::unexpected(Error::kWrongShard);
  if (manifest.writer.epoch != epoch) return std::unexpected(Error::kWrongWriter);
  if (manifest.writer.height > height_limit_) return std::unexpected(Error::kTooNew);
  if (manifest.top_writer.height > manifest.writer.height) return std::unexpected(Error::kTooNew);
  if (manifest.levels == 0 || manifest.levels > kMaxLevels) return std::unexpected(Error::kWrongCount);
  if (manifest.shape.cover > kMaxCover) return std::unexpected(Error::kBadEncoding);
  manifest_ = manifest;
  state_.shape_ = manifest.shape;
  state_.nodes_.pages.resize(manifest.levels);
  want(manifest.top, {.kind = Kind::kNode,
                      .level = manifest.levels,
                      .writer = manifest.top_writer,
                      .range = {},
                      .ordinal = 0,
                      .size = 0});
  return {};
}

Result<Frame> Loader::open(const Expected& expected, ByteView block) const {
  const auto* state_key = keys_->find(expected.writer.epoch);
  if (state_key == nullptr) return std::unexpected(Error::kUnknownEpoch);
  return open_node(*state_key, state_.shard_, expected.writer, block);
}

Result<void> Loader::take_page(const Hash256& digest, const Expected& expected, ByteView block) {
  const auto opened = SUBSTRATEE_TRY(open(expected, block));
  const auto content = opened.content();
  const auto head = SUBSTRATEE_TRY(decode_head(content));
  if (head.kind != kPageKind || head.level != expected.level) return std::unexpected(Error::kWrongKind);
  auto first_key = SUBSTRATEE_TRY(want_children(expected, content));
  state_.nodes_.pages[expected.level - 1U].insert_or_assign(
      std::move(first_key), NodeRef{.digest = digest, .writer = expected.writer, .plaintext = crypto::sha256(content)});
  return {};
}

Result<void> Loader::take_padding(const Hash256& digest, const Expected& expected, ByteView block) {
  const auto opened = SUBSTRATEE_TRY(open(expected, block));
  const auto content = opened.content();
  if (!std::ranges::equal(content, encode_padding(*expected.range.first).view())) {
    return std::unexpected(Error::kWrongKind);
  }
  state_.nodes_.leaves.insert_or_assign(
      *expected.range.first,
      NodeRef{.digest = digest, .writer = expected.writer, .plaintext = crypto::sha256(content)});
  return {};
}

Result<void> Loader::take_piece(const Hash256& digest, const Expected& expected, ByteView block) {
  const auto opened = SUBSTRATEE_TRY(open(expected, block));
  const auto& key = *expected.range.first;
  const auto bytes = SUBSTRATEE_TRY(read_piece(opened.content(), key, expected.ordinal, expected.size));
  state_.nodes_.pieces[key][expected.ordinal] = {
      .digest = digest, .writer = expected.writer, .plaintext = crypto::sha256(opened.content())};
  if (state_.is_paged()) return {};
  auto& value = state_.records_.find(key)->second.bytes();
  std::ranges::copy(bytes, value.begin() + static_cast<std::ptrdiff_t>(expected.ordinal * kPieceSize));
  return {};
}

Result<Bytes> Loader::want_children(const Expected& expected, ByteView content) {
  const auto entries = SUBSTRATEE_TRY(decode_page(content));
  if (entries.empty()) {
    // Only the one page of an empty state refers to nothing.
    if (manifest_.levels == 1 && manifest_.leaves == 0) return Bytes{};
    return std::unexpected(Error::kWrongCount);
  }
  const auto first_key_of = [](const PageEntry& entry) { return ByteView(entry.first_key.value); };
  if (!expected.range.holds(entries, first_key_of)) return std::unexpected(Error::kKeyOrder);
  std::set<Hash256> digests;
  for (const auto& entry : entries) {
    if (entry.writer.height > expected.writer.height) return std::unexpected(Error::kTooNew);
    // A node has one place: its keys tell it.
    if (is_wanted(entry.digest) || !digests.insert(entry.digest).second) return std::unexpected(Error::kKeyOrder);
  }
  const auto level = static_cast<std::uint8_t>(expected.level - 1);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    auto end_key = i + 1 < entries.size() ? std::optional(entries[i + 1].first_key.value) : expected.range.end;
    want(entries[i].digest, {.kind = Kind::kNode,
                             .level = level,
                             .writer = entries[i].writer,
                             .range = {entries[i].first_key.value, std::move(end_key)},
                             .ordinal = 0,
                             .size = 0});
  }
  return entries.front().first_key.value;
}

Result<void> Loader::take_leaf(const Hash256& digest, const Expected& expected, ByteView block) {
  auto leaf = SUBSTRATEE_TRY(Leaf::open(*keys_, state_.shard_, expected.writer, expected.range, block));
  const auto records = leaf.records();
  SUBSTRATEE_TRY(check_pieces(expected, records));
  const auto first_key = to_bytes(records.front().key);
  const NodeRef node{.digest = digest, .writer = expected.writer, .plaintext = crypto::sha256(leaf.content())};
  state_.nodes_.leaves.insert_or_assign(first_key, node);
  shapes_.insert_or_assign(first_key, shape_of(state_.cut_key_, records));
  state_.record_count_ += records.size();
  for (const auto& record : records) {
    if (!record.pieces.empty()) want_pieces(record);
  }
  if (!state_.is_paged()) state_.pager_->put(node, std::move(leaf));
  return {};
}

Result<void> Loader::check_pieces(const Expected& expected, const LeafRecords& records) const {
  std::set<Hash256> digests;
  for (const auto& record : records) {
    for (const auto& piece : record.pieces) {
      if (piece.writer.height > expected.writer.height) return std::unexpected(Error::kTooNew);
      if (is_wanted(piece.digest) || pieces_.contains(piece.digest) || !digests.insert(piece.digest).second) {
        return std::unexpected(Error::kKeyOrder);
      }
    }
  }
  return {};
}

void Loader::want_pieces(const LeafRecord& record) {
  if (!state_.is_paged()) state_.records_.emplace(to_bytes(record.key), crypto::WipedBytes(Bytes(record.size)));
  state_.nodes_.pieces[to_bytes(record.key)].resize(record.pieces.size());
  state_.nodes_.piece_count += record.pieces.size();
  for (std::uint32_t i = 0; i < record.pieces.size(); ++i) {
    pieces_.insert(record.pieces[i].digest);
    want(record.pieces[i].digest, {.kind = Kind::kPiece,
                                   .level = 0,
                                   .writer = record.pieces[i].writer,
                                   .range = {to_bytes(record.key), std::nullopt},
                                   .ordinal = i,
                                   .size = record.size});
  }
}

/// Every leaf ends where the rule ends it.
bool Loader::are_leaves_cut() const {
  const LeafShape* before = nullptr;
  for (const auto& [first_key, shape] : shapes_) {
    if (!shape.is_whole || (before != nullptr && !ends_before(*before, shape))) return false;
    before = &shape;
  }
  return true;
}

Result<State> Loader::finish() && {
  if (!is_complete()) return std::unexpected(Error::kIncomplete);
  const auto& nodes = state_.nodes_;
  if (nodes.leaves.size() != manifest_.leaves || state_.record_count_ != manifest_.records ||
      !is_padded(state_.shape_, nodes)) {
    return std::unexpected(Error::kWrongCount);
  }
  if (!are_leaves_cut()) return std::unexpected(Error::kWrongCut);
  for (std::size_t i = 0; i < nodes.pages.size(); ++i) {
    const auto& below = i == 0 ? nodes.leaves : nodes.pages[i - 1];
    if (i > 0 && below.size() == 1) return std::unexpected(Error::kWrongCount);
    if (!are_pages_cut(state_.cut_key_, static_cast<std::uint8_t>(i + 1), below, nodes.pages[i])) {
      return std::unexpected(Error::kWrongCut);
    }
  }
  add_to_tree(nodes, state_.tree_);
  std::vector<ipld::Block> blocks;
  if (state_.tree_.update(manifest_digest_, blocks) != state_.root_) return std::unexpected(Error::kWrongTree);
  return std::move(state_);
}

}  // namespace substratee::enclave::state
