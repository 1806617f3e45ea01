#include "enclave/state/loader.hpp"

#include "core/base/result.hpp"
#include "core/crypto/hash.hpp"
#include "enclave/state/cut.hpp"
#include "enclave/state/node_writer.hpp"
#include "enclave/state/page.hpp"
#include "enclave/state/seal.hpp"
#include "enclave/state/tree.hpp"

#include <algorithm>
#include <utility>

namespace substratee::enclave::state {
namespace {

bool is_below(ByteView a, ByteView b) noexcept { return KeyLess{}(a, b); }

/// Strictly ascending, from `first_key` exactly, all below `end_key`.
template <class Entries, class KeyOf>
bool are_in_range(const Entries& entries, const std::optional<Bytes>& first_key, const std::optional<Bytes>& end_key,
                  KeyOf key_of) {
  if (first_key && !std::ranges::equal(key_of(entries.front()), *first_key)) return false;
  for (std::size_t i = 1; i < entries.size(); ++i) {
    if (!is_below(key_of(entries[i - 1]), key_of(entries[i]))) return false;
  }
  return !end_key || is_below(key_of(entries.back()), *end_key);
}

void sort_by_key(std::vector<NodeRef>& nodes) {
  std::ranges::sort(nodes, KeyLess{}, [](const NodeRef& node) { return ByteView(node.first_key); });
}

/// Every leaf begins where the one before ends.
bool are_leaves_cut(const crypto::Secret<32>& cut_key, const Records& records, const std::vector<NodeRef>& leaves) {
  auto record = records.begin();
  for (const auto& leaf : leaves) {
    if (record == records.end() || record->first != leaf.first_key) return false;
    record = leaf_end(cut_key, records, record);
  }
  return record == records.end();
}

}  // namespace

Loader::Loader(const registry::StateCid& root, const registry::ShardId& shard, registry::BlockNumber height_limit,
               const KeyRing& keys, crypto::Secret<32> cut_key)
    : state_(shard, std::move(cut_key)), height_limit_(height_limit), keys_(&keys) {
  state_.root_ = root;
  state_.has_root_ = true;
}

Result<Loader> Loader::start(const registry::StateCid& root, const registry::ShardId& shard,
                             registry::BlockNumber height_limit, const KeyRing& keys, crypto::Secret<32> cut_key) {
  const auto cid = SUBSTRATEE_TRY_OR(Error::kBadRoot, ipld::Cid::from_bytes(root.bytes));
  if (cid.codec != ipld::Codec::kDagPb || cid.hash != ipld::HashCode::kSha256 || cid.version != ipld::Version::kV1) {
    return std::unexpected(Error::kBadRoot);
  }
  Loader out(root, shard, height_limit, keys, std::move(cut_key));
  out.want(*Hash256::from(cid.digest), {.kind = Kind::kRoot, .level = 0, .writer = {}, .first_key = {}, .end_key = {}});
  return out;
}

void Loader::want(const Hash256& digest, Expected expected) {
  const int rank = -static_cast<int>(expected.level);
  rank_.emplace(digest, rank);
  wanted_.emplace(Place{rank, digest}, std::move(expected));
}

std::vector<ipld::Cid> Loader::wanted(std::size_t max) const {
  std::vector<ipld::Cid> out;
  for (const auto& [place, expected] : wanted_) {
    if (out.size() == max) break;
    const auto codec = expected.kind == Kind::kRoot ? ipld::Codec::kDagPb : ipld::Codec::kRaw;
    out.push_back(ipld::Cid::of(codec, place.second));
  }
  return out;
}

Result<void> Loader::provide(const ipld::Cid& cid, ByteView block) {
  const auto digest = Hash256::from(cid.digest);
  if (!digest || cid.hash != ipld::HashCode::kSha256) return std::unexpected(Error::kNotWanted);
  const auto rank = rank_.find(*digest);
  if (rank == rank_.end()) return std::unexpected(Error::kNotWanted);
  if (crypto::sha256(block) != *digest) return std::unexpected(Error::kHashMismatch);
  const auto place = wanted_.find({rank->second, *digest});
  SUBSTRATEE_TRY(take(*digest, place->second, block));
  wanted_.erase(place);
  rank_.erase(rank);
  return {};
}

Result<void> Loader::take(const Hash256& digest, const Expected& expected, ByteView block) {
  switch (expected.kind) {
    case Kind::kRoot: return take_root(block);
    case Kind::kManifest: return take_manifest(block);
    case Kind::kNode: return take_node(digest, expected, block);
  }
  return std::unexpected(Error::kNotWanted);
}

Result<void> Loader::take_root(ByteView block) {
  manifest_digest_ = SUBSTRATEE_TRY(read_root(block));
  want(manifest_digest_, {.kind = Kind::kManifest, .level = 0, .writer = {}, .first_key = {}, .end_key = {}});
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
  manifest_ = manifest;
  state_.nodes_.pages.resize(manifest.levels);
  want(manifest.top,
       {.kind = Kind::kNode, .level = manifest.levels, .writer = manifest.top_writer, .first_key = {}, .end_key = {}});
  return {};
}

Result<void> Loader::take_node(const Hash256& digest, const Expected& expected, ByteView block) {
  const auto* state_key = keys_->find(expected.writer.epoch);
  if (state_key == nullptr) return std::unexpected(Error::kUnknownEpoch);
  const auto opened = SUBSTRATEE_TRY(open_node(*state_key, state_.shard_, expected.writer, block));
  const auto content = opened.content();
  const auto head = SUBSTRATEE_TRY(decode_head(content));
  const bool is_leaf = expected.level == 0;
  if (head.kind != (is_leaf ? kLeafKind : kPageKind) || head.level != expected.level) {
    return std::unexpected(Error::kWrongKind);
  }
  auto first_key = SUBSTRATEE_TRY(is_leaf ? take_leaf(expected, content) : take_page(expected, content));
  auto& nodes = is_leaf ? state_.nodes_.leaves : state_.nodes_.pages[expected.level - 1U];
  nodes.push_back({.first_key = std::move(first_key),
                   .digest = digest,
                   .writer = expected.writer,
                   .plaintext = crypto::sha256(content)});
  return {};
}

Result<Bytes> Loader::take_page(const Expected& expected, ByteView content) {
  const auto entries = SUBSTRATEE_TRY(decode_page(content));
  if (entries.empty()) {
    // Only the one page of an empty state refers to nothing.
    if (manifest_.levels == 1 && manifest_.leaves == 0) return Bytes{};
    return std::unexpected(Error::kWrongCount);
  }
  const auto key_of = [](const PageEntry& entry) { return ByteView(entry.first_key.value); };
  if (!are_in_range(entries, expected.first_key, expected.end_key, key_of)) return std::unexpected(Error::kKeyOrder);
  std::set<Hash256> digests;
  for (const auto& entry : entries) {
    if (entry.writer.height > expected.writer.height) return std::unexpected(Error::kTooNew);
    // A node has one place: its keys tell it.
    if (rank_.contains(entry.digest) || !digests.insert(entry.digest).second) return std::unexpected(Error::kKeyOrder);
  }
  const auto level = static_cast<std::uint8_t>(expected.level - 1);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    auto end_key = i + 1 < entries.size() ? std::optional(entries[i + 1].first_key.value) : expected.end_key;
    want(entries[i].digest, {.kind = Kind::kNode,
                             .level = level,
                             .writer = entries[i].writer,
                             .first_key = entries[i].first_key.value,
                             .end_key = std::move(end_key)});
  }
  return entries.front().first_key.value;
}

Result<Bytes> Loader::take_leaf(const Expected& expected, ByteView content) {
  const auto records = SUBSTRATEE_TRY(decode_leaf(content));
  if (records.empty()) return std::unexpected(Error::kWrongCount);
  const auto key_of = [](const auto& record) { return record.first; };
  if (!are_in_range(records, expected.first_key, expected.end_key, key_of)) return std::unexpected(Error::kKeyOrder);
  auto hint = state_.records_.lower_bound(records.front().first);
  for (const auto& [key, value] : records) {
    state_.records_.emplace_hint(hint, to_bytes(key), crypto::WipedBytes(to_bytes(value)));
  }
  return to_bytes(records.front().first);
}

Result<State> Loader::finish() && {
  if (!is_complete()) return std::unexpected(Error::kIncomplete);
  auto& nodes = state_.nodes_;
  sort_by_key(nodes.leaves);
  for (auto& level : nodes.pages) sort_by_key(level);
  if (nodes.leaves.size() != manifest_.leaves || state_.records_.size() != manifest_.records) {
    return std::unexpected(Error::kWrongCount);
  }
  if (!are_leaves_cut(state_.cut_key_, state_.records_, nodes.leaves)) return std::unexpected(Error::kWrongCut);
  NodeWriter recognise;
  const auto pages = SUBSTRATEE_TRY(write_pages(state_.cut_key_, nodes.leaves, nodes.pages, recognise));
  if (pages.size() != nodes.pages.size()) return std::unexpected(Error::kWrongCount);
  const auto tree = make_tree(manifest_digest_, nodes);
  if (tree.root != state_.root_) return std::unexpected(Error::kWrongTree);
  for (const auto& block : tree.blocks) nodes.outer.insert(*Hash256::from(block.cid.digest));
  return std::move(state_);
}

}  // namespace substratee::enclave::state
