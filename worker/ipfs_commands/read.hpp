#pragma once

/// Reads files and directories out of a store. What a DAG claims (sizes, names) is checked on the way; memory stays
/// bounded by its depth.

#include "core/ipld/unixfs.hpp"
#include "worker/ipfs_commands/file.hpp"
#include "worker/ipfs_commands/work.hpp"

#include <string_view>

namespace substratee::worker::ipfs_commands {

struct Range {
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> length;
};

enum class Kind : std::uint8_t { kFile, kDirectory };

/// What a CID names, as its first block says.
struct Described {
  Kind kind = Kind::kFile;
  std::uint64_t size = 0;   ///< of a file
  std::uint64_t block = 0;  ///< bytes of the block itself
};

/// "CID/name/name" to the CID of that entry. kBadDag, kNotFound.
[[nodiscard]] Result<ipld::Cid> resolve(const Work& work, std::string_view path);

[[nodiscard]] Result<Described> describe(const Work& work, const ipld::Cid& cid);

/// The bytes of a file in order. A range behind the end gives what there is. kBadDag for a directory.
[[nodiscard]] Result<void> read_file(const Work& work, const ipld::Cid& cid, const Range& range,
                                     const std::function<Result<void>(ByteView)>& take);

/// Writes a file or directory to a path that must not exist. Nothing outside it is touched; what could not be
/// completed is removed again as a whole. kBadDag for symbolic links and sharded directories.
[[nodiscard]] Result<void> write_out(const Work& work, const ipld::Cid& cid, const std::filesystem::path& output);

}  // namespace substratee::worker::ipfs_commands
