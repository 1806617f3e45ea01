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

ByteView key_of(const NodeRef& node) noexcept { return node.first_key; }

}  // namespace

Loader::Loader(const registry::StateCid& root, const registry::ShardId& shard, registry::BlockNumber height_limit,
               const KeyRing& keys, crypto::Secret<32> cut_key, CacheLimit cache_limit)
    : state_(shard, std::move(cut_key), cache_limit), height_limit_(height_limit), keys_(&keys) {
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
  out.want(*Hash256::from(cid.digest), {.kind = Kind::kRoot, .level = 0, .writer = {}, .range = {}});
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
    case Kind::kNode: break;
  }
  return expected.level == 0 ? take_leaf(digest, expected, block) : take_page(digest, expected, block);
}

Result<void> Loader::take_root(ByteView block) {
  manifest_digest_ = SUBSTRATEE_TRY(read_root(block));
  want(manifest_digest_, {.kind = Kind::kManifest, .level = 0, .writer = {}, .range = {}});
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
  want(manifest.top, {.kind = Kind::kNode, .level = manifest.levels, .writer = manifest.top_writer, .range = {}});
  return {};
}

Result<void> Loader::take_page(const Hash256& digest, const Expected& expected, ByteView block) {
  const auto* state_key = keys_->find(expected.writer.epoch);
  if (state_key == nullptr) return std::unexpected(Error::kUnknownEpoch);
  const auto opened = SUBSTRATEE_TRY(open_node(*state_key, state_.shard_, expected.writer, block));
  const auto content = opened.content();
  const auto head = SUBSTRATEE_TRY(decode_head(content));
  if (head.kind != kPageKind || head.level != expected.level) return std::unexpected(Error::kWrongKind);
  auto first_key = SUBSTRATEE_TRY(want_children(expected, content));
  state_.nodes_.pages[expected.level - 1U].push_back({.first_key = std::move(first_key),
                                                      .digest = digest,
                                                      .writer = expected.writer,
                                                      .plaintext = crypto::sha256(content)});
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
    if (rank_.contains(entry.digest) || !digests.insert(entry.digest).second) return std::unexpected(Error::kKeyOrder);
  }
  const auto level = static_cast<std::uint8_t>(expected.level - 1);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    auto end_key = i + 1 < entries.size() ? std::optional(entries[i + 1].first_key.value) : expected.range.end;
    want(entries[i].digest, {.kind = Kind::kNode,
                             .level = level,
                             .writer = entries[i].writer,
                             .range = {entries[i].first_key.value, std::move(end_key)}});
  }
  return entries.front().first_key.value;
}

Result<void> Loader::take_leaf(const Hash256& digest, const Expected& expected, ByteView block) {
  const auto leaf = SUBSTRATEE_TRY(Leaf::open(*keys_, state_.shard_, expected.writer, expected.range, block));
  const auto records = leaf.records();
  leaves_.push_back({{.first_key = to_bytes(records.front().first),
                      .digest = digest,
                      .writer = expected.writer,
                      .plaintext = crypto::sha256(leaf.content())},
                     shape_of(state_.cut_key_, records)});
  state_.record_count_ += records.size();
  if (state_.is_paged()) return {};
  const auto hint = state_.records_.lower_bound(records.front().first);
  for (const auto& [key, value] : records) {
    state_.records_.emplace_hint(hint, to_bytes(key), crypto::WipedBytes(to_bytes(value)));
  }
  return {};
}

/// Every leaf ends where the rule ends it.
bool Loader::are_leaves_cut() const {
  for (std::size_t i = 0; i < leaves_.size(); ++i) {
    const auto& shape = leaves_[i].shape;
    if (!shape.is_whole || (i + 1 < leaves_.size() && !ends_before(shape, leaves_[i + 1].shape))) return false;
  }
  return true;
}

Result<State> Loader::finish() && {
  if (!is_complete()) return std::unexpected(Error::kIncomplete);
  if (leaves_.size() != manifest_.leaves || state_.record_count_ != manifest_.records) {
    return std::unexpected(Error::kWrongCount);
  }
  std::ranges::sort(leaves_, KeyLess{}, [](const TakenLeaf& leaf) { return key_of(leaf.node); });
  if (!are_leaves_cut()) return std::unexpected(Error::kWrongCut);
  auto& nodes = state_.nodes_;
  for (auto& leaf : leaves_) nodes.leaves.push_back(std::move(leaf.node));
  for (auto& level : nodes.pages) std::ranges::sort(level, KeyLess{}, key_of);
  NodeWriter recognise;
  const auto pages = SUBSTRATEE_TRY(write_pages(state_.cut_key_, nodes.leaves, nodes.pages, recognise));
  if (pages.size() != nodes.pages.size()) return std::unexpected(Error::kWrongCount);
  const auto tree = make_tree(manifest_digest_, nodes);
  if (tree.root != state_.root_) return std::unexpected(Error::kWrongTree);
  for (const auto& block : tree.blocks) nodes.outer.insert(*Hash256::from(block.cid.digest));
  return std::move(state_);
}

}  // namespace substratee::enclave::state
