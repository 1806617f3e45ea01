#pragma once

/// UnixFS (specs.ipfs.tech/unixfs): the protobuf inside a dag-pb node's data, and files and directories made of it.
/// Byte-identical to Kubo: links with an empty name and a size, unpacked block sizes; as with cid-version=1 (raw
/// leaves) where nothing else is said. Sharded (HAMT) directories are decoded as data but not listed.

#include "core/base/bytes.hpp"
#include "core/ipld/cid.hpp"
#include "core/ipld/error.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace substratee::ipld {

enum class UnixFsType : std::uint8_t {
  kRaw = 0,
  kDirectory = 1,
  kFile = 2,
  kMetadata = 3,
  kSymlink = 4,
  kHamtShard = 5
};

/// The protobuf message `Data`. Mode and modification time are read over and not kept.
struct UnixFsData {
  UnixFsType type = UnixFsType::kFile;
  std::optional<Bytes> data;
  std::optional<std::uint64_t> file_size;
  std::vector<std::uint64_t> block_sizes;
  std::optional<std::uint64_t> hash_type;
  std::optional<std::uint64_t> fanout;
  friend bool operator==(const UnixFsData&, const UnixFsData&) = default;
};

[[nodiscard]] Bytes encode_unixfs(const UnixFsData& data);
[[nodiscard]] Result<UnixFsData> decode_unixfs(ByteView bytes);

/// A leaf or subtree as its parent describes it.
struct Child {
  Cid cid;
  std::uint64_t content_size = 0;  ///< bytes of the file below (0 for a directory)
  std::uint64_t dag_size = 0;      ///< bytes of all blocks below, this one included, repeats counted ("Tsize")
  friend bool operator==(const Child&, const Child&) = default;
};

/// A block just made, and how its parent will describe it.
struct BuiltNode {
  Block block;
  Child self;
};

/// A raw leaf.
[[nodiscard]] BuiltNode make_leaf(ByteView content);

/// A leaf as Kubo writes it without raw leaves: the content inside a dag-pb node. `content` fits a block.
[[nodiscard]] BuiltNode make_dag_pb_leaf(ByteView content, Version version);

/// An inner node of a file over `children` in order.
[[nodiscard]] BuiltNode make_file_node(std::span<const Child> children, Version version = Version::kV1);

/// Kubo's defaults for cid-version=1.
struct FileShape {
  std::size_t chunk_size = 262'144;
  std::size_t max_links = 174;
};

/// The balanced tree over leaves that exist already; inner nodes are appended to `blocks`, children first. At least one
/// leaf; a single one is its own root. `max_links` ≥ 2.
[[nodiscard]] Child make_file_tree(std::vector<Child> leaves, std::size_t max_links, std::vector<Block>& blocks);

/// Cuts `content` into leaves and builds the tree; every block is appended to `blocks`, children first.
[[nodiscard]] Child make_file(ByteView content, const FileShape& shape, std::vector<Block>& blocks);

struct DirectoryEntry {
  std::string name;
  Child child;
};

/// A flat directory. kBadName for names that no file system has; kTooLarge above kMaxBlockSize.
[[nodiscard]] Result<BuiltNode> make_directory(std::span<const DirectoryEntry> entries, Version version = Version::kV1);

/// An inner node (or a dag-pb leaf) of a file as read: sizes and links agree in number and in sum.
/// The children's dag_size is a claim.
struct FileNode {
  Bytes data;
  std::vector<Child> children;
  std::uint64_t content_size = 0;
};

[[nodiscard]] Result<FileNode> read_file_node(ByteView block);

/// The entries in the order found; names are proper and unique. dag_size is a claim, content_size is 0.
[[nodiscard]] Result<std::vector<DirectoryEntry>> read_directory(ByteView block);

}  // namespace substratee::ipld
