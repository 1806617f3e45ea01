#pragma once

/// Blocks of a file into a chain, each checked and executed as if a stranger had brought it; and out of a chain into a
/// file. Reading and signatures run ahead on all cores while blocks are executed one by one. What has been imported
/// stays: an interrupted import goes on where it was when it is called again.

#include "node/service/block_file.hpp"

namespace substratee::node::service {

struct Progress {
  primitives::BlockNumber first = 0;  ///< block that this run began with
  primitives::BlockNumber block = 0;  ///< the last one that is done
  primitives::BlockNumber last = 0;   ///< of the file or range
  std::uint64_t extrinsics = 0;       ///< so far in this run
};
/// Called after each portion of blocks, and at the end; false: stop after it.
using OnProgress = std::function<bool(const Progress&)>;

/// Exports blocks `first` to `last`, which the chain has; 1 ≤ first.
[[nodiscard]] storage::Result<void> export_blocks(const storage::ChainStore& store, const std::filesystem::path& file,
                                                  primitives::BlockNumber first, primitives::BlockNumber last,
                                                  const OnProgress& on_progress);

/// Into a chain that has a genesis. kForeign: other chain, or a block that differs from the one that is here, or a gap;
/// kCorrupt: a damaged file, or a block that does not hold, which the text names.
[[nodiscard]] storage::Result<Progress> import_blocks(storage::ChainStore& store, BlockFileReader& file,
                                                      const OnProgress& on_progress);

}  // namespace substratee::node::service
