#include "enclave/state/tree.hpp"

#include "core/base/check.hpp"
#include "core/base/result.hpp"
#include "core/ipld/unixfs.hpp"
#include "enclave/state/seal.hpp"

#include <algorithm>

namespace substratee::enclave::state {
namespace {

constexpr std::size_t kMinLinks = 32;
constexpr std::size_t kMaxLinks = 512;
constexpr std::uint8_t kEndMask = 0x7f;
constexpr std::size_t kMaxRootSize = 1'024;

ipld::Child raw_child(const Hash256& digest) {
  return {.cid = ipld::Cid::of(ipld::Codec::kRaw, digest), .content_size = kBlockSize, .dag_size = kBlockSize};
}

void add_children(std::vector<ipld::Child>& out, const std::vector<NodeRef>& nodes) {
  for (const auto& node : nodes) out.push_back(raw_child(node.digest));
}

std::size_t node_end(std::span<const ipld::Child> children) {
  for (std::size_t count = kMinLinks; count < std::min(children.size(), kMaxLinks); ++count) {
    if ((children[count - 1].cid.digest.back() & kEndMask) == 0) return count;
  }
  return std::min(children.size(), kMaxLinks);
}

/// The file over `level`; a single child is its own file, none is the empty file.
ipld::Child make_file(std::vector<ipld::Child> level, std::vector<ipld::Block>& blocks) {
  while (level.size() != 1) {
    std::vector<ipld::Child> parents;
    std::span<const ipld::Child> rest = level;
    do {
      const auto count = node_end(rest);
      auto built = ipld::make_file_node(rest.first(count));
      blocks.push_back(std::move(built.block));
      parents.push_back(std::move(built.self));
      rest = rest.subspan(count);
    } while (!rest.empty());
    level = std::move(parents);
  }
  return std::move(level.front());
}

}  // namespace

PublicTree make_tree(const Hash256& manifest, const Nodes& nodes) {
  PublicTree out;
  std::vector<ipld::Child> pages;
  for (auto level = nodes.pages.rbegin(); level != nodes.pages.rend(); ++level) add_children(pages, *level);
  std::vector<ipld::Child> leaves;
  add_children(leaves, nodes.leaves);
  std::vector<ipld::DirectoryEntry> entries;
  entries.push_back({.name = "index", .child = make_file(std::move(pages), out.blocks)});
  entries.push_back({.name = "leaves", .child = make_file(std::move(leaves), out.blocks)});
  entries.push_back({.name = "manifest", .child = raw_child(manifest)});
  auto directory = ipld::make_directory(entries);
  SUBSTRATEE_CHECK(directory.has_value());
  out.root = *directory->block.cid.to_cid_bytes();
  out.blocks.push_back(std::move(directory->block));
  return out;
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
