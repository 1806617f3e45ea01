#include "core/ipld/traversal.hpp"

#include "core/base/result.hpp"
#include "core/ipld/dag_cbor.hpp"
#include "core/ipld/dag_pb.hpp"
#include "core/ipld/unixfs.hpp"
#include "core/ipld/walk.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace substratee::ipld {
namespace {

/// Nothing for a node that is not UnixFS.
std::optional<UnixFsType> unixfs_type(ByteView block) {
  const auto node = decode_dag_pb(block);
  if (!node || !node->data) return std::nullopt;
  const auto data = decode_unixfs(*node->data);
  if (!data) return std::nullopt;
  return data->type;
}

}  // namespace

std::size_t Traversal::KeyHash::operator()(const Key& key) const noexcept {
  std::size_t value = key[0];
  for (std::size_t i = 1; i <= 8; ++i) value = value << 8 ^ key[i];
  return value;
}

Result<Traversal> Traversal::begin(const Cid& root, Selection selection) {
  Traversal out(std::move(selection));
  out.wanted_ = root;
  out.resolved_.push_back(root);
  SUBSTRATEE_TRY(out.settle());
  return out;
}

Result<void> Traversal::give(ByteView block) {
  if (!wanted_) return {};
  const Cid cid = *std::exchange(wanted_, std::nullopt);
  SUBSTRATEE_TRY(take(cid, block));
  return settle();
}

/// Goes on to the next block that is not held by its CID.
Result<void> Traversal::settle() {
  while (wanted_ || pick()) {
    if (wanted_->hash != HashCode::kIdentity) return {};
    const Cid cid = *std::exchange(wanted_, std::nullopt);
    SUBSTRATEE_TRY(take(cid, cid.digest));
  }
  return {};
}

/// Makes the next link the wanted one; false at the end.
bool Traversal::pick() {
  while (!pending_.empty()) {
    current_ = std::move(pending_.back());
    pending_.pop_back();
    if (is_done_with(current_)) continue;
    wanted_ = current_.cid;
    return true;
  }
  return false;
}

/// Whether this block and all that is wanted below it were named before. Takes note of it.
bool Traversal::is_done_with(const Pending& next) {
  is_repeat_ = false;
  if (selection_.has_repeats || next.cid.hash == HashCode::kIdentity) return false;
  Bytes name{static_cast<std::uint8_t>(next.cid.codec)};
  append(name, next.cid.digest);
  const bool is_whole = covers(next);
  const auto [known, is_new] = seen_.emplace(*Key::from(name), is_whole);
  is_repeat_ = !is_new;
  return !is_new && std::exchange(known->second, known->second || is_whole);
}

Result<void> Traversal::take(const Cid& cid, ByteView block) {
  return is_resolved_ ? expand(current_, block) : resolve(cid, block);
}

Result<void> Traversal::resolve(const Cid& cid, ByteView block) {
  if (segment_ < selection_.path.size()) wanted_ = SUBSTRATEE_TRY(step(cid, block));
  if (wanted_) return {};
  return end_path(cid, block);
}

/// Looks the current segment up; nothing if the path ends inside this block.
Result<std::optional<Cid>> Traversal::step(const Cid& cid, ByteView block) {
  if (cid.codec == Codec::kDagCbor) return step_cbor(block);
  if (cid.codec == Codec::kDagPb) return step_unixfs(block);
  return std::unexpected(Error::kNotFound);
}

Result<std::optional<Cid>> Traversal::step_cbor(ByteView block) {
  if (shard_) return std::unexpected(Error::kBadUnixFs);
  const std::vector<std::string_view> rest(selection_.path.begin() + static_cast<std::ptrdiff_t>(segment_),
                                           selection_.path.end());
  auto target = SUBSTRATEE_TRY(resolve_dag_cbor(block, rest));
  segment_ += target.used;
  if (!target.link) {
    inner_links_ = std::move(target.below);
    return std::nullopt;
  }
  resolved_.push_back(*target.link);
  return std::move(target.link);
}

Result<std::optional<Cid>> Traversal::step_unixfs(ByteView block) {
  const auto type = unixfs_type(block);
  if (type == UnixFsType::kHamtShard) return step_shard(block);
  if (type != UnixFsType::kDirectory || shard_) return std::unexpected(Error::kNotFound);
  for (auto& entry : SUBSTRATEE_TRY(read_directory(block))) {
    if (entry.name == selection_.path[segment_]) return end_segment(std::move(entry.child.cid));
  }
  return std::unexpected(Error::kNotFound);
}

Result<std::optional<Cid>> Traversal::step_shard(ByteView block) {
  if (!shard_) shard_.emplace(selection_.path[segment_]);
  const auto shard = SUBSTRATEE_TRY(read_hamt_shard(block));
  auto link = SUBSTRATEE_TRY(shard_->next(shard));
  if (link.name.empty()) return std::move(link.cid);
  shard_.reset();
  return end_segment(std::move(link.cid));
}

Cid Traversal::end_segment(Cid target) {
  ++segment_;
  resolved_.push_back(target);
  return target;
}

Result<void> Traversal::end_path(const Cid& cid, ByteView block) {
  is_resolved_ = true;
  switch (selection_.scope) {
    case DagScope::kBlock: return {};
    case DagScope::kEntity: return inner_links_ ? Result<void>() : begin_entity(cid, block);
    case DagScope::kAll: break;
  }
  return expand_all({}, inner_links_ ? *std::move(inner_links_) : SUBSTRATEE_TRY(links_in(cid.codec, block)));
}

Result<void> Traversal::begin_entity(const Cid& cid, ByteView block) {
  if (cid.codec == Codec::kRaw) select(block.size());
  if (cid.codec != Codec::kDagPb) return {};
  const auto type = unixfs_type(block);
  if (type == UnixFsType::kHamtShard) return expand_shard({}, block);
  if (type != UnixFsType::kFile && type != UnixFsType::kRaw) return {};
  const auto size = SUBSTRATEE_TRY(read_file_node(block)).content_size;
  select(size);
  Pending whole;
  whole.cid = cid;
  whole.size = size;
  return expand_file(whole, block);
}

void Traversal::select(std::uint64_t file_size) {
  if (!selection_.range) return;
  constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
  const auto size = static_cast<std::int64_t>(std::min<std::uint64_t>(file_size, kMax));
  const auto from_start = [size](std::int64_t place) { return place < 0 ? size + place : place; };
  const auto first = from_start(selection_.range->first);
  const auto last = selection_.range->last ? from_start(*selection_.range->last) : kMax;
  is_out_of_range_ = size > 0 && (first >= size || last < 0);
  const bool is_empty = size == 0 || is_out_of_range_ || first > last;
  interval_ = is_empty ? Interval{1, 0}
                       : Interval{static_cast<std::uint64_t>(std::max<std::int64_t>(first, 0)),
                                  static_cast<std::uint64_t>(std::min(last, size - 1))};
}

bool Traversal::overlaps(std::uint64_t offset, std::uint64_t size) const {
  if (!interval_) return true;
  return size > 0 && interval_->first <= interval_->last && offset <= interval_->last &&
         interval_->first - std::min(interval_->first, offset) < size;
}

bool Traversal::covers(const Pending& part) const {
  return part.follow != Follow::kFile || !interval_ || part.size == 0 ||
         (interval_->first <= part.offset && part.offset + (part.size - 1) <= interval_->last);
}

Result<void> Traversal::expand(const Pending& from, ByteView block) {
  switch (from.follow) {
    case Follow::kFile: return expand_file(from, block);
    case Follow::kShards: return expand_shard(from, block);
    case Follow::kAll: break;
  }
  return expand_all(from, SUBSTRATEE_TRY(links_in(from.cid.codec, block)));
}

/// A part of a file is as large as its parent says.
Result<void> Traversal::expand_file(const Pending& from, ByteView block) {
  if (from.cid.codec == Codec::kRaw && block.size() == from.size) return {};
  if (from.cid.codec != Codec::kDagPb) return std::unexpected(Error::kBadUnixFs);
  auto node = SUBSTRATEE_TRY(read_file_node(block));
  if (node.content_size != from.size) return std::unexpected(Error::kBadUnixFs);
  std::vector<Pending> found;
  std::uint64_t offset = from.offset + node.data.size();
  for (auto& child : node.children) {
    if (overlaps(offset, child.content_size)) {
      found.push_back({std::move(child.cid), Follow::kFile, from.depth + 1, offset, child.content_size});
    }
    offset += child.content_size;
  }
  return push(std::move(found));
}

Result<void> Traversal::expand_shard(const Pending& from, ByteView block) {
  std::vector<Pending> found;
  for (auto& link : SUBSTRATEE_TRY(read_hamt_shard(block)).links) {
    if (link.name.empty()) found.push_back({std::move(link.cid), Follow::kShards, from.depth + 1, 0, 0});
  }
  return push(std::move(found));
}

Result<void> Traversal::expand_all(const Pending& from, std::vector<Cid> links) {
  std::vector<Pending> found;
  for (auto& link : links) found.push_back({std::move(link), Follow::kAll, from.depth + 1, 0, 0});
  return push(std::move(found));
}

Result<void> Traversal::push(std::vector<Pending> found) {
  if (found.empty()) return {};
  if (found.front().depth > kMaxDepth || pending_.size() + found.size() > kMaxPending) {
    return std::unexpected(Error::kTooDeep);
  }
  pending_.insert(pending_.end(), std::move_iterator(found.rbegin()), std::move_iterator(found.rend()));
  return {};
}

}  // namespace substratee::ipld
