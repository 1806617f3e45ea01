#include "enclave/state/state.hpp"

#include "core/base/check.hpp"
#include "core/base/result.hpp"
#include "enclave/state/node_writer.hpp"
#include "enclave/state/seal.hpp"

#include <algorithm>
#include <utility>

namespace substratee::enclave::state {
namespace {

std::optional<Bytes> copy_of(const std::optional<crypto::WipedBytes>& value) {
  if (!value) return std::nullopt;
  return to_bytes(value->view());
}

void keep_first(Before& before, const Bytes& key, const crypto::WipedBytes* old) {
  const auto [place, is_new] = before.try_emplace(key);
  if (is_new && old != nullptr) place->second.emplace(to_bytes(old->view()));
}

}  // namespace

State::State(const registry::ShardId& shard, crypto::Secret<32> cut_key, CacheLimit cache_limit, const Shape& shape)
    : shard_(shard),
      cut_key_(std::move(cut_key)),
      is_paged_(cache_limit.has_value()),
      pager_(std::make_unique<Pager>(cache_limit)),
      shape_(shape) {}

State State::empty(const registry::ShardId& shard, crypto::Secret<32> cut_key, CacheLimit cache_limit,
                   const Shape& shape) {
  return {shard, std::move(cut_key), cache_limit, shape};
}

std::optional<Bytes> State::get(ByteView key) const {
  const auto found = records_.find(key);
  if (found != records_.end()) return to_bytes(found->second.view());
  if (since_commit_.contains(key)) return std::nullopt;
  const auto value = find_in_leaves(key);
  return value ? std::optional(to_bytes(*value)) : std::nullopt;
}

/// As of the last commit; nothing also where a paged state has noted a miss. A view valid until the next call.
std::optional<ByteView> State::find_in_leaves(ByteView key) const {
  const auto value = pager_->find(nodes_.leaves, key);
  SUBSTRATEE_CHECK(value || is_paged_);
  return value ? *value : std::nullopt;
}

/// Has the record of a key that is about to change beside the leaves, if there is one.
void State::open(ByteView key) {
  SUBSTRATEE_CHECK(open_commit_ == nullptr);
  if (since_commit_.contains(key) || records_.contains(key)) return;
  if (const auto value = find_in_leaves(key)) {
    records_.insert_or_assign(to_bytes(key), crypto::WipedBytes(to_bytes(*value)));
  }
}

void State::put(ByteView key, ByteView value) {
  SUBSTRATEE_CHECK(key.size() <= stf::kMaxKeySize && value.size() <= stf::kMaxValueSize);
  open(key);
  const auto [place, is_new] = records_.try_emplace(to_bytes(key));
  remember(place->first, is_new ? nullptr : &place->second);
  place->second = crypto::WipedBytes(to_bytes(value));
  if (is_new) ++record_count_;
}

void State::erase(ByteView key) {
  open(key);
  const auto found = records_.find(key);
  if (found == records_.end()) return;
  remember(found->first, &found->second);
  records_.erase(found);
  --record_count_;
}

void State::remember(const Bytes& key, const crypto::WipedBytes* old) {
  keep_first(since_commit_, key, old);
  if (has_checkpoint_) keep_first(since_checkpoint_, key, old);
}

void State::checkpoint() {
  SUBSTRATEE_CHECK(!has_checkpoint_);
  has_checkpoint_ = true;
}

void State::accept() {
  SUBSTRATEE_CHECK(has_checkpoint_);
  has_checkpoint_ = false;
  since_checkpoint_.clear();
}

void State::rollback() {
  SUBSTRATEE_CHECK(has_checkpoint_);
  restore(since_checkpoint_);
  accept();
}

void State::discard() {
  SUBSTRATEE_CHECK(!has_checkpoint_ && open_commit_ == nullptr);
  restore(since_commit_);
  forget(since_commit_);
  since_commit_.clear();
}

/// What stands in the leaves need not stand beside them.
void State::forget(const Before& changed) {
  if (is_paged_) return records_.clear();
  for (const auto& [key, old] : changed) {
    const auto record = records_.find(key);
    if (record != records_.end() && piece_count(record->second.view().size()) == 0) records_.erase(record);
  }
}

void State::restore(Before& before) {
  for (auto& [key, old] : before) {
    record_count_ -= records_.erase(key);
    if (!old) continue;
    records_.emplace(key, *std::move(old));
    ++record_count_;
  }
}

LeafWriter::Changes State::changes() const {
  LeafWriter::Changes out;
  for (const auto& [key, old] : since_commit_) {
    const auto now = records_.find(key);
    const bool is_there = now != records_.end();
    if (is_there && old) {
      if (std::ranges::equal(now->second.view(), old->view())) continue;
      out.push_back({key, now->second.view().size() != old->view().size()});
    } else if (is_there || old) {
      out.push_back({key, true});
    }
  }
  return out;
}

Manifest State::next_manifest(const Writer& writer) const {
  const auto& top = nodes_.pages.back().begin()->second;
  return {.format = kFormat,
          .shard = shard_,
          .writer = writer,
          .previous = root_,
          .records = record_count_,
          .leaves = static_cast<std::uint32_t>(nodes_.leaves.size()),
          .levels = static_cast<std::uint8_t>(nodes_.pages.size()),
          .top = top.digest,
          .top_writer = top.writer,
          .shape = shape_};
}

Result<Commit> State::commit(const Writer& writer, const KeyRing& keys) {
  SUBSTRATEE_CHECK(!has_checkpoint_ && (open_commit_ != nullptr || !has_missed()));
  const auto* state_key = keys.find(writer.epoch);
  if (state_key == nullptr) return std::unexpected(Error::kUnknownEpoch);
  begin();
  if (open_commit_ == nullptr) {
    auto changed = changes();
    if (has_root_ && changed.empty())
      return close_commit({.root = root_, .changed = false, .new_blocks = {}, .before = {}});
    open_commit(std::move(changed), writer, *state_key);
  }
  NodeWriter nodes(*state_key, shard_, writer, open_commit_->blocks);
  for (auto& leaves = open_commit_->leaves; !leaves.is_done();) {
    SUBSTRATEE_TRY(write_range(leaves, nodes));
  }
  if (!std::exchange(open_commit_->is_cut, true)) settle_leaves(nodes);
  SUBSTRATEE_TRY(write_cover(nodes));
  std::ranges::sort(open_commit_->changed, {}, &Changed<Bytes>::key);
  write_pages(cut_key_, std::move(open_commit_->changed), nodes_, tree_, nodes);
  return seal_root(writer, *state_key);
}

void State::open_commit(LeafWriter::Changes changed, const Writer& writer, const crypto::Secret<32>& state_key) {
  const auto keep = [pager = pager_.get()](const NodeRef& leaf, Frame frame) {
    pager->put(leaf, Leaf(std::move(frame)));
  };
  std::vector<ipld::Block> blocks;
  NodeWriter nodes(state_key, shard_, writer, blocks);
  for (const auto& [key, moves] : changed) {
    const auto record = records_.find(key);
    write_pieces(key, record == records_.end() ? ByteView() : record->second.view(), nodes_, tree_, nodes);
  }
  open_commit_ = std::make_unique<OpenCommit>(
      OpenCommit{std::move(blocks), LeafWriter(cut_key_, nodes_.leaves, std::move(changed), keep)});
}

/// The leaves are cut: they take the place of the old ones.
void State::settle_leaves(NodeWriter& nodes) {
  auto& [blocks, leaves, is_cut, changed, cover] = *open_commit_;
  for (auto& [key, leaf] : leaves.take()) {
    const auto old = nodes_.leaves.find(key);
    if (leaf && old != nodes_.leaves.end() && old->second == *leaf) continue;
    changed.push_back({key, !leaf || old == nodes_.leaves.end()});
    if (leaf) {
      nodes_.leaves.insert_or_assign(key, *leaf);
    } else {
      nodes_.leaves.erase(old);
    }
  }
  write_padding(shape_, nodes_, changed, nodes);
  if (shape_.cover == 0) return;
  const auto more = cover_target(blocks.size(), shape_.cover) - blocks.size();
  cover = choose_cover(cut_key_, nodes_.leaves, nodes.writer(), more);
}

/// Writes leaves anew that have not changed.
Result<void> State::write_cover(NodeWriter& nodes) {
  auto& [blocks, leaves, is_cut, changed, cover] = *open_commit_;
  for (; !cover.empty(); cover.pop_back()) {
    nodes_.leaves.find(cover.back())->second = SUBSTRATEE_TRY(write_covered(cover.back(), nodes));
    changed.push_back({cover.back(), false});
  }
  return {};
}

Result<NodeRef> State::write_covered(const Bytes& key, NodeWriter& nodes) {
  if (is_padding_key(key)) return nodes.write(nullptr, encode_padding(key));
  auto leaf = pager_->take(nodes_.leaves, key);
  if (!leaf) {
    const auto& cover = open_commit_->cover;
    for (auto ahead = cover.rbegin();
         ahead != cover.rend() && ahead - cover.rbegin() < static_cast<std::ptrdiff_t>(pager_->max_ahead()); ++ahead) {
      if (!is_padding_key(*ahead)) pager_->want(nodes_.leaves, {&*ahead, 1});
    }
    return std::unexpected(leaf.error());
  }
  auto out = nodes.write(nullptr, leaf->frame());
  pager_->put(out, *std::move(leaf));
  return out;
}

/// Manifest and public tree over nodes that are written.
Commit State::seal_root(const Writer& writer, const crypto::Secret<32>& state_key) {
  Commit out{.root = {}, .changed = true, .new_blocks = std::move(open_commit_->blocks), .before = {}};
  open_commit_.reset();
  out.new_blocks.push_back(seal_manifest(state_key, shard_, Frame::of(scale::encode(next_manifest(writer)))));
  const auto manifest = *Hash256::from(out.new_blocks.back().cid.digest);
  root_ = out.root = tree_.update(manifest, out.new_blocks);
  has_root_ = true;
  return close_commit(std::move(out));
}

Commit State::close_commit(Commit out) {
  forget(since_commit_);
  pager_->settled();
  out.before = std::exchange(since_commit_, {});
  return out;
}

/// The old leaf's records, with the changes in its range.
Result<void> State::write_range(LeafWriter& leaves, NodeWriter& nodes) {
  const auto range = leaves.range();
  Before::const_iterator change = range.first ? since_commit_.lower_bound(*range.first) : since_commit_.begin();
  if (range.leaf != nullptr) {
    auto leaf = pager_->take(nodes_.leaves, range.leaf->first);
    if (!leaf) {
      pager_->want(nodes_.leaves, leaves.ahead(pager_->max_ahead()));
      return std::unexpected(leaf.error());
    }
    if (leaves.keeps_cuts()) {
      leaves.replace(patched(leaf->frame(), change, range.end), nodes);
      return {};
    }
    if (!write_merged(leaf->records(), change, leaves, nodes) || !write_changes(change, range.end, leaves, nodes)) {
      pager_->put(range.leaf->second, *std::move(leaf));
      return {};
    }
  } else if (!write_changes(change, range.end, leaves, nodes)) {
    return {};
  }
  leaves.end_range(nodes);
  return {};
}

/// A leaf whose records keep their sizes.
Frame State::patched(const Frame& old, Before::const_iterator change, std::optional<ByteView> end) const {
  LeafPatch out(old);
  for (; change != since_commit_.end() && (!end || KeyLess{}(change->first, *end)); ++change) {
    const auto now = records_.find(change->first);
    if (now != records_.end()) out.put(record_of(now->first, now->second.view(), nodes_.pieces));
  }
  return out.take();
}

/// The old records, and the changes below the last of them. False as LeafWriter::add.
bool State::write_merged(const LeafRecords& old, Before::const_iterator& change, LeafWriter& leaves,
                         NodeWriter& nodes) {
  for (const auto& record : old) {
    if (!write_changes(change, record.key, leaves, nodes)) return false;
    if (change != since_commit_.end() && std::ranges::equal(change->first, record.key)) continue;
    if (!leaves.add(record, nodes)) return false;
  }
  return true;
}

/// The changed records below `end`, as they are now. False as LeafWriter::add.
bool State::write_changes(Before::const_iterator& change, std::optional<ByteView> end, LeafWriter& leaves,
                          NodeWriter& nodes) {
  for (; change != since_commit_.end() && (!end || KeyLess{}(change->first, *end)); ++change) {
    const auto now = records_.find(change->first);
    if (now == records_.end()) continue;
    if (!leaves.add(record_of(now->first, now->second.view(), nodes_.pieces), nodes)) return false;
  }
  return true;
}

void State::begin() const { pager_->begin(); }

void State::settled() const { pager_->settled(); }

bool State::has_missed() const noexcept { return pager_->has_missed(); }

std::vector<ipld::Cid> State::wanted() const { return pager_->wanted(); }

Result<void> State::provide(const ipld::Cid& cid, ByteView block, const KeyRing& keys) {
  return pager_->provide(nodes_.leaves, shard_, keys, cid, block);
}

std::size_t State::cached_bytes() const noexcept { return pager_->cached_bytes(); }

std::optional<Bytes> PastReader::get(ByteView key) const {
  for (const Before* before : later_) {
    const auto found = before->find(key);
    if (found != before->end()) return copy_of(found->second);
  }
  return state_.get(key);
}

}  // namespace substratee::enclave::state
