#pragma once

/// Streams any number of blocks into a store: they are written by a thread of their own, without a log, while the
/// caller makes or fetches the next ones; each byte goes to the disk once. A killed process keeps what is older
/// than 32 MiB or a second (of a long import: a sixteenth of its time, 10 s at most), as far as the disk keeps up. For
/// what is smaller than a few MiB, or has to be there as a whole or not at all, use BlockStore::put_all.

#include "worker/ipfs/block_store.hpp"
#include "worker/ipfs/present.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace substratee::worker::ipfs {

class Importer {
 public:
  /// Nothing is removed from `store` while this lives.
  explicit Importer(BlockStore& store, Present present = Present::kReplaceIfBad);
  /// Blocks that were not finished may be lost.
  ~Importer();
  Importer(const Importer&) = delete;
  Importer& operator=(const Importer&) = delete;

  /// The caller vouches that the bytes are what the CID names: they are not hashed again. Waits while much is queued.
  /// Any thread. The failure (kDiskFull, kTooLarge, kStorage) of any block is that of all later calls.
  [[nodiscard]] Result<void> add(ipld::Block block);
  /// When it returns, the store gives out all that was added.
  [[nodiscard]] Result<void> drain();
  /// When it returns, all that was added is on the disk.
  [[nodiscard]] Result<void> finish();
  /// The same, and pins `root` then.
  [[nodiscard]] Result<void> finish(const ipld::Cid& root);

 private:
  using Clock = std::chrono::steady_clock;

  void run();
  [[nodiscard]] bool wait_for_blocks(std::vector<ipld::Block>& blocks);
  [[nodiscard]] Result<void> work(const std::vector<ipld::Block>& blocks);
  [[nodiscard]] Result<void> settle_now_and_then();
  [[nodiscard]] Result<void> write(const std::vector<ipld::Block>& blocks);

  BlockStore& store_;
  const Present present_;
  const BlockStore::Lease lease_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<ipld::Block> queue_;
  std::size_t queued_bytes_ = 0;
  bool is_writing_ = false;
  bool is_over_ = false;
  std::optional<Failure> failure_;

  const Clock::time_point start_ = Clock::now();  ///< this and the next are the writer's own
  std::optional<Clock::time_point> settle_at_;    ///< nothing is loose if there is no time
  std::jthread writer_;
};

}  // namespace substratee::worker::ipfs
