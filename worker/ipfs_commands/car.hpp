#pragma once

/// CAR files into a store and out of it.

#include "worker/ipfs_commands/file.hpp"
#include "worker/ipfs_commands/work.hpp"

#include <vector>

namespace substratee::worker::ipfs_commands {

/// What lies below a root. Repeats are counted once, also where one block has several names.
struct DagSize {
  std::uint64_t blocks = 0;
  std::uint64_t bytes = 0;
  std::vector<ipld::Cid> missing;  ///< at most kMaxMissing are named
  static constexpr std::size_t kMaxMissing = 100;
};
/// Reads inner nodes, not raw leaves.
[[nodiscard]] Result<DagSize> measure(const Work& work, const ipld::Cid& root);
/// The same; kNotFound if anything is missing.
[[nodiscard]] Result<DagSize> measure_whole(const Work& work, const ipld::Cid& root);

/// Every block is hashed; what is good is kept even if the file breaks off. The roots are pinned if all below them is
/// there. kCorrupt (the file), kNotFound (a root that is not complete).
[[nodiscard]] Result<std::vector<ipld::Cid>> import_car(const Work& work, File& file);

/// CARv1 with one root, of which nothing is missing: depth first, each CID once. This is what `ipfs dag export`
/// writes.
[[nodiscard]] Result<void> export_car(const Work& work, const ipld::Cid& root, File& file);

}  // namespace substratee::worker::ipfs_commands
