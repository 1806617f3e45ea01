#pragma once

/// A durable store of IPFS blocks, kept under their multihash so that all names of one block meet. Each write is one
/// synced batch: after a crash it is there as a whole or not at all. The disk is not trusted: a read checks the hash.
/// All functions may be called by several threads.

#include "core/base/bytes.hpp"
#include "core/ipld/cid.hpp"
#include "worker/ipfs/failure.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <shared_mutex>
#include <span>
#include <vector>

namespace substratee::worker::ipfs {

struct Usage {
  std::uint64_t blocks = 0;
  std::uint64_t bytes = 0;  ///< of the blocks themselves
  friend bool operator==(const Usage&, const Usage&) = default;
};

class BlockStore {
 public:
  /// Creates the directory if need be. kInUse, kDiskFull, kCorrupt, kStorage.
  [[nodiscard]] static Result<std::unique_ptr<BlockStore>> open(const std::filesystem::path& directory);
  ~BlockStore();
  BlockStore(const BlockStore&) = delete;
  BlockStore& operator=(const BlockStore&) = delete;

  /// All or nothing, on the disk when it returns. kCorrupt if a block is not what its CID names, kTooLarge, kDiskFull.
  /// A stored block that has gone bad is replaced.
  [[nodiscard]] Result<void> put_all(std::span<const ipld::Block> blocks);
  /// The same, and pins `root` in the same batch.
  [[nodiscard]] Result<void> put_all(std::span<const ipld::Block> blocks, const ipld::Cid& root);

  /// kNotFound, or kCorrupt if the stored bytes are not what `cid` names.
  [[nodiscard]] Result<Bytes> get(const ipld::Cid& cid) const;
  /// Does not read the block.
  [[nodiscard]] Result<bool> has(const ipld::Cid& cid) const;

  /// A pinned root keeps all below it; it may be pinned before it is complete.
  [[nodiscard]] Result<void> pin(const ipld::Cid& root);
  [[nodiscard]] Result<void> unpin(const ipld::Cid& root);
  [[nodiscard]] Result<std::vector<ipld::Cid>> roots() const;

  /// Removes what neither a pinned root nor one of `keep` reaches and says how much that was. Waits for leases; writers
  /// wait for it. kCorrupt if a node on the way has gone bad: nothing is removed then.
  [[nodiscard]] Result<Usage> collect_garbage(std::span<const ipld::Cid> keep = {});

  /// While it lives, no garbage is collected. For whoever builds on blocks that no pinned root reaches yet.
  using Lease = std::shared_lock<std::shared_mutex>;
  [[nodiscard]] Lease lease() const;

  [[nodiscard]] Usage usage() const;

 private:
  class Database;
  explicit BlockStore(std::unique_ptr<Database> database);
  [[nodiscard]] Result<void> write(std::span<const ipld::Block> blocks, const ipld::Cid* root);

  std::unique_ptr<Database> database_;
  mutable std::shared_mutex garbage_;  ///< taken before the database's own lock
};

}  // namespace substratee::worker::ipfs
