#include "enclave/state/tree.hpp"

#include "core/base/check.hpp"
#include "core/base/result.hpp"
#include "enclave/state/seal.hpp"

#include <iterator>

namespace substratee::enclave::state {
namespace {

constexpr std::size_t kMinLinks = 16;
constexpr std::size_t kMaxLinks = 128;
constexpr std::uint8_t kEndMask = 0x1f;
constexpr std::size_t kMaxRootSize = 1'024;

ipld::Child raw_child(const Hash256& digest) {
  return {.cid = ipld::Cid::of(ipld::Codec::kRaw, digest), .content_size = kBlockSize, .dag_size = kBlockSize};
}

}  // namespace

void PublicFile::put(Place place, const Hash256& digest) {
  levels_.front().insert_or_assign(place, Link{digest, kBlockSize, kBlockSize});
  changed_.insert(std::move(place));
}

void PublicFile::erase(const Place& place) {
  if (levels_.front().erase(place) > 0) changed_.insert(place);
}

ipld::Child PublicFile::child(std::size_t level, const Link& link) const {
  const auto codec = level == 0 ? ipld::Codec::kRaw : ipld::Codec::kDagPb;
  return {.cid = ipld::Cid::of(codec, link.digest), .content_size = link.content_size, .dag_size = link.dag_size};
}

ipld::Child PublicFile::update(std::vector<ipld::Block>& blocks) {
  std::vector<Changed<Place>> changed;
  for (const auto& place : changed_) changed.push_back({place, true});
  changed_.clear();
  if (levels_.front().empty()) {
    levels_.resize(1);
    auto empty = ipld::make_file_node({});
    if (!std::exchange(is_written_empty_, true)) blocks.push_back(std::move(empty.block));
    return std::move(empty.self);
  }
  is_written_empty_ = false;
  std::size_t top = 0;
  for (; levels_[top].size() > 1; ++top) cut(top, changed, blocks);
  levels_.resize(top + 1);
  return child(top, levels_[top].begin()->second);
}

/// Cuts the nodes above `level` again.
void PublicFile::cut(std::size_t level, std::vector<Changed<Place>>& changed, std::vector<ipld::Block>& blocks) {
  if (levels_.size() == level + 1) levels_.emplace_back();
  const Links& below = levels_[level];
  const auto end_of = [&](Links::const_iterator first) {
    for (std::size_t count = 1; first != below.end(); ++count) {
      const bool is_end = count >= kMinLinks && (first->second.digest.bytes.back() & kEndMask) == 0;
      ++first;
      if (is_end || count == kMaxLinks) return first;
    }
    return first;
  };
  const auto make = [&](const Link* old, Links::const_iterator first, Links::const_iterator end) {
    std::vector<ipld::Child> children;
    for (; first != end; ++first) children.push_back(child(level, first->second));
    auto built = ipld::make_file_node(children);
    const Link link{*Hash256::from(built.self.cid.digest), built.self.content_size, built.self.dag_size};
    if (old == nullptr || !(*old == link)) blocks.push_back(std::move(built.block));
    return link;
  };
  for (auto& change : changed) change.moves = true;  // a child's digest ends nodes
  changed = recut(below, levels_[level + 1], std::span<const Changed<Place>>(changed), end_of, make);
}

registry::StateCid PublicTree::update(const Hash256& manifest, std::vector<ipld::Block>& blocks) {
  std::vector<ipld::DirectoryEntry> entries;
  entries.push_back({.name = "index", .child = index.update(blocks)});
  entries.push_back({.name = "leaves", .child = leaves.update(blocks)});
  entries.push_back({.name = "manifest", .child = raw_child(manifest)});
  auto directory = ipld::make_directory(entries);
  SUBSTRATEE_CHECK(directory.has_value());
  const auto root = *directory->block.cid.to_cid_bytes();
  blocks.push_back(std::move(directory->block));
  return root;
}

Result<Hash256> read_root(ByteView block) {
  if (block.size() > kMaxRootSize) return std::unexpected(Error::kBadSize);
  const auto entries = SUBSTRATEE_TRY_OR(Error::kBadDirectory, ipld::read_directory(block));
  if (entries.size() != 3 || entries[0].name != "index" || entries[1].name != "leaves" ||
      entries[2].name != "manifest") {
    return std::unexpected(Error::kBadDirectory);
  }
  const auto& cid = entries[2].child.cid;
  if (cid.version != ipld::Version::kV1 || cid.codec != ipld::Codec::kRaw || cid.hash != ipld::HashCode::kSha256) {
    return std::unexpected(Error::kBadDirectory);
  }
  return *Hash256::from(cid.digest);
}

}  // namespace substratee::enclave::state
