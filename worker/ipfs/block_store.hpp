#pragma once

/// A durable store of IPFS blocks, kept under their multihash so that all names of one block meet. A commit is one
/// synced batch: after a crash it is there as a whole or not at all; whoever brings gigabytes uses an Importer. The
/// disk is not trusted: a read checks the hash. All functions may be called by several threads.

#include "core/base/bytes.hpp"
#include "core/ipld/cid.hpp"
#include "worker/ipfs/block_source.hpp"
#include "worker/ipfs/failure.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <stop_token>
#include <vector>

namespace substratee::worker::ipfs {

struct Usage {
  std::uint64_t blocks = 0;
  std::uint64_t bytes = 0;  ///< of the blocks themselves
  friend bool operator==(const Usage&, const Usage&) = default;
};

struct StoreOptions {
  /// Bytes of the disk that stay free, so that there is always room to tidy up: below them, writes are kDiskFull.
  std::uint64_t reserve = std::uint64_t{256} << 20;
  /// Free bytes of the disk; empty: the file system is asked.
  std::function<std::uint64_t()> free_space{};
};

class BlockStore final : public BlockSource {
 public:
  /// Creates the directory if need be. kInUse, kDiskFull, kCorrupt, kStorage.
  [[nodiscard]] static Result<std::unique_ptr<BlockStore>> open(const std::filesystem::path& directory,
                                                                StoreOptions options = {});

  struct Opened {
    std::unique_ptr<BlockStore> store;
    std::filesystem::path set_aside;  ///< where a store that cannot be opened lies now; empty if it could be
  };
  /// The same, but a corrupt store is renamed to "<directory>.corrupt-<n>" and an empty one opened: what it held is
  /// fetched from other workers again.
  [[nodiscard]] static Result<Opened> open_or_set_aside(const std::filesystem::path& directory,
                                                        const StoreOptions& options = {});
  ~BlockStore() override;
  BlockStore(const BlockStore&) = delete;
  BlockStore& operator=(const BlockStore&) = delete;

  /// All or nothing, on the disk when it returns. kCorrupt if a block is not what its CID names, kTooLarge, kDiskFull.
  /// A stored block that has gone bad is replaced. After kDiskFull the store goes on as soon as there is room.
  [[nodiscard]] Result<void> put_all(std::span<const ipld::Block> blocks);
  /// The same, and pins `root` in the same batch.
  [[nodiscard]] Result<void> put_all(std::span<const ipld::Block> blocks, const ipld::Cid& root);

  /// kNotFound, or kCorrupt if the stored bytes are not what `cid` names.
  [[nodiscard]] Result<Bytes> get(const ipld::Cid& cid) const override;
  /// Does not read the block.
  [[nodiscard]] Result<bool> has(const ipld::Cid& cid) const;
  /// Size of a block, which is not read; nothing if it is not here.
  [[nodiscard]] Result<std::optional<std::uint64_t>> size_of(const ipld::Cid& cid) const;

  /// A pinned root keeps all below it; it may be pinned before it is complete.
  [[nodiscard]] Result<void> pin(const ipld::Cid& root);
  [[nodiscard]] Result<void> unpin(const ipld::Cid& root);
  /// In the order in which they were pinned (last).
  [[nodiscard]] Result<std::vector<ipld::Cid>> roots() const;

  /// For who serves blocks to others: a root that is asked for counts as in use for kServedFor.
  void note_served(const ipld::Cid& cid) const override;
  [[nodiscard]] bool was_served(const ipld::Cid& root) const;
  static constexpr std::chrono::minutes kServedFor{15};

  /// Removes what neither a pinned root nor one of `keep` reaches and says how much that was. Works in small steps:
  /// others write in between, and what they write or pin meanwhile stays. Waits for leases. One at a time. On a stop
  /// request it returns early. kCorrupt if a node on the way has gone bad: nothing is removed then. `progress` is told
  /// of the bytes of blocks that were looked at and stay or are gone: usage().bytes in the end.
  [[nodiscard]] Result<Usage> collect_garbage(std::span<const ipld::Cid> keep = {}, const std::stop_token& stop = {},
                                              const std::function<void(std::uint64_t bytes)>& progress = {});

  /// While it lives, nothing is removed. For whoever builds on blocks that no pinned root reaches yet.
  using Lease = std::shared_lock<std::shared_mutex>;
  [[nodiscard]] Lease lease() const;

  [[nodiscard]] Usage usage() const;

 private:
  friend class Importer;
  class Database;
  class Sweep;
  explicit BlockStore(std::unique_ptr<Database> database);
  [[nodiscard]] Result<void> write(std::span<const ipld::Block> blocks, const ipld::Cid* root);

  std::unique_ptr<Database> database_;
  std::mutex collecting_;              ///< taken first
  mutable std::shared_mutex garbage_;  ///< taken before the database's own lock
};

}  // namespace substratee::worker::ipfs
