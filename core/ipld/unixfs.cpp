#include "core/ipld/unixfs.hpp"

#include "core/base/check.hpp"
#include "core/base/result.hpp"
#include "core/ipld/dag_pb.hpp"

#include <algorithm>
#include <set>

namespace substratee::ipld {
namespace {

BuiltNode finish(const Node& node, Version version, std::uint64_t content_size, std::uint64_t below) {
  Bytes bytes = encode_dag_pb(node);
  Child self{.cid = Cid::of_dag_pb(bytes), .content_size = content_size, .dag_size = bytes.size() + below};
  self.cid.version = version;
  return {.block = {.cid = self.cid, .bytes = std::move(bytes)}, .self = std::move(self)};
}

bool is_entry_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == std::string_view::npos &&
         name.find('\0') == std::string_view::npos;
}

/// a + b, refused where it would wrap.
Result<std::uint64_t> add_sizes(std::uint64_t a, std::uint64_t b) {
  if (a + b < a) return std::unexpected(Error::kBadUnixFs);
  return a + b;
}

struct Parts {
  Node node;
  UnixFsData data;
};

Result<Parts> read_parts(ByteView block) {
  Parts parts;
  parts.node = SUBSTRATEE_TRY(decode_dag_pb(block));
  if (!parts.node.data) return std::unexpected(Error::kBadUnixFs);
  parts.data = SUBSTRATEE_TRY(decode_unixfs(*parts.node.data));
  return parts;
}

}  // namespace

BuiltNode make_leaf(ByteView content) {
  Child self{.cid = Cid::of_raw_block(content), .content_size = content.size(), .dag_size = content.size()};
  return {.block = {.cid = self.cid, .bytes = to_bytes(content)}, .self = std::move(self)};
}

BuiltNode make_dag_pb_leaf(ByteView content, Version version) {
  UnixFsData data;
  if (!content.empty()) data.data = to_bytes(content);
  data.file_size = content.size();
  Node node;
  node.data = encode_unixfs(data);
  return finish(node, version, content.size(), 0);
}

BuiltNode make_file_node(std::span<const Child> children, Version version) {
  UnixFsData data;
  Node node;
  std::uint64_t size = 0;
  std::uint64_t below = 0;
  for (const auto& child : children) {
    node.links.push_back({.cid = child.cid, .name = "", .tsize = child.dag_size});
    data.block_sizes.push_back(child.content_size);
    size += child.content_size;
    below += child.dag_size;
  }
  data.file_size = size;
  node.data = encode_unixfs(data);
  return finish(node, version, size, below);
}

Child make_file_tree(std::vector<Child> level, std::size_t max_links, std::vector<Block>& blocks) {
  SUBSTRATEE_CHECK(!level.empty() && max_links >= 2 && max_links <= kMaxLinks);
  while (level.size() > 1) {
    std::vector<Child> parents;
    for (std::size_t first = 0; first < level.size(); first += max_links) {
      // A last group of one still gets its parent: in a balanced tree all leaves are equally deep.
      const auto count = std::min(max_links, level.size() - first);
      auto built = make_file_node(std::span(level).subspan(first, count));
      blocks.push_back(std::move(built.block));
      parents.push_back(std::move(built.self));
    }
    level = std::move(parents);
  }
  return std::move(level.front());
}

Child make_file(ByteView content, const FileShape& shape, std::vector<Block>& blocks) {
  SUBSTRATEE_CHECK(shape.chunk_size > 0 && shape.chunk_size <= kMaxBlockSize);
  std::vector<Child> leaves;
  do {
    const auto chunk = content.first(std::min(shape.chunk_size, content.size()));
    content = content.subspan(chunk.size());
    auto built = make_leaf(chunk);
    blocks.push_back(std::move(built.block));
    leaves.push_back(std::move(built.self));
  } while (!content.empty());
  return make_file_tree(std::move(leaves), shape.max_links, blocks);
}

Result<BuiltNode> make_directory(std::span<const DirectoryEntry> entries, Version version) {
  if (entries.size() > kMaxLinks) return std::unexpected(Error::kTooManyLinks);
  Node node;
  std::uint64_t below = 0;
  std::set<std::string_view> names;
  for (const auto& entry : entries) {
    if (!is_entry_name(entry.name) || !names.insert(entry.name).second) return std::unexpected(Error::kBadName);
    node.links.push_back({.cid = entry.child.cid, .name = entry.name, .tsize = entry.child.dag_size});
    below += entry.child.dag_size;
  }
  UnixFsData data;
  data.type = UnixFsType::kDirectory;
  node.data = encode_unixfs(data);
  auto built = finish(node, version, 0, below);
  if (built.block.bytes.size() > kMaxBlockSize) return std::unexpected(Error::kTooLarge);
  return built;
}

Result<FileNode> read_file_node(ByteView block) {
  auto [node, data] = SUBSTRATEE_TRY(read_parts(block));
  if (data.type != UnixFsType::kFile && data.type != UnixFsType::kRaw) return std::unexpected(Error::kBadUnixFs);
  if (node.links.size() != data.block_sizes.size()) return std::unexpected(Error::kBadUnixFs);
  FileNode out;
  if (data.data) out.data = *std::move(data.data);
  out.content_size = out.data.size();
  for (std::size_t i = 0; i < node.links.size(); ++i) {
    auto& link = node.links[i];
    if (link.name && !link.name->empty()) return std::unexpected(Error::kBadUnixFs);
    const auto size = data.block_sizes[i];
    out.content_size = SUBSTRATEE_TRY(add_sizes(out.content_size, size));
    out.children.push_back({.cid = std::move(link.cid), .content_size = size, .dag_size = link.tsize.value_or(0)});
  }
  if (data.file_size && *data.file_size != out.content_size) return std::unexpected(Error::kBadUnixFs);
  return out;
}

Result<std::vector<DirectoryEntry>> read_directory(ByteView block) {
  auto [node, data] = SUBSTRATEE_TRY(read_parts(block));
  if (data.type != UnixFsType::kDirectory) return std::unexpected(Error::kBadUnixFs);
  std::set<std::string> names;
  std::vector<DirectoryEntry> out;
  for (auto& link : node.links) {
    if (!link.name || !is_entry_name(*link.name)) return std::unexpected(Error::kBadName);
    if (!names.insert(*link.name).second) return std::unexpected(Error::kBadName);
    Child child{.cid = std::move(link.cid), .content_size = 0, .dag_size = link.tsize.value_or(0)};
    out.push_back({.name = *std::move(link.name), .child = std::move(child)});
  }
  return out;
}

}  // namespace substratee::ipld
