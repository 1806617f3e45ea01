#pragma once

/// CAR files into a store and out of it.

#include "worker/ipfs_commands/file.hpp"
#include "worker/ipfs_commands/work.hpp"

#include <span>
#include <vector>

namespace substratee::worker::ipfs_commands {

/// What lies below a root. Repeats are counted once, also where one block has several names.
struct DagSize {
  std::uint64_t blocks = 0;
  std::uint64_t bytes = 0;
  std::vector<ipld::Cid> missing;  ///< at most kMaxMissing are named
  static constexpr std::size_t kMaxMissing = 100;
};
/// Reads inner nodes, not raw leaves; all are told as progress.
[[nodiscard]] Result<DagSize> measure(const Work& work, const ipld::Cid& root);
/// The same; kNotFound if anything is missing.
[[nodiscard]] Result<DagSize> measure_whole(const Work& work, const ipld::Cid& root);

/// Stores what a CAR holds and says its roots, which are not pinned yet. Every block is hashed; what is good is kept
/// even if the file breaks off. kCorrupt (the file).
[[nodiscard]] Result<std::vector<ipld::Cid>> read_car(const Work& work, File& file);

/// Pins roots if all below them is there. kNotFound (one that is not complete).
[[nodiscard]] Result<void> pin_whole(const Work& work, std::span<const ipld::Cid> roots);

/// CARv1 with one root, of which nothing is missing: depth first, each CID once. This is what `ipfs dag export`
/// writes.
[[nodiscard]] Result<void> export_car(const Work& work, const ipld::Cid& root, File& file);

}  // namespace substratee::worker::ipfs_commands
