#pragma once

/// A UnixFS file built while its content passes by, in memory bounded by max_links children per level of the tree
/// (balanced layout, fixed-size chunks). Byte-identical to `ipfs add` of Kubo with the same parameters.

#include "core/base/bytes.hpp"
#include "core/ipld/cid.hpp"
#include "core/ipld/unixfs.hpp"

#include <vector>

namespace substratee::ipld {

/// Largest chunk, so that a dag-pb leaf stays within kMaxBlockSize (as in Kubo).
inline constexpr std::size_t kMaxChunkSize = std::size_t{2} * 1024 * 1024 - 256;

/// How leaves and inner nodes are written. Kubo's defaults for cid-version=1 are the ones here; those for cid-version=0
/// are {kV0, false, 174}.
struct FileLayout {
  Version version = Version::kV1;  ///< of inner nodes and dag-pb leaves
  bool raw_leaves = true;          ///< leaves as raw blocks, always under CIDv1
  std::size_t max_links = 174;     ///< 2 to kMaxLinks
};

class FileBuilder {
 public:
  explicit FileBuilder(FileLayout layout);

  /// The next chunk; empty only if the file is. Appends the leaf and each inner node that is now full, children first.
  void add(Bytes chunk, std::vector<Block>& blocks);

  /// The root, after at least one chunk. Appends the nodes that were not full.
  [[nodiscard]] Child finish(std::vector<Block>& blocks);

 private:
  void push(std::size_t level, Child child, std::vector<Block>& blocks);
  void close(std::size_t level, std::vector<Block>& blocks);
  [[nodiscard]] bool is_top(std::size_t level) const;

  FileLayout layout_;
  std::vector<std::vector<Child>> levels_;  ///< children without a parent yet, leaves first; never full ones
};

}  // namespace substratee::ipld
