#include "worker/ipfs/importer.hpp"

#include "core/base/result.hpp"
#include "core/ipld/dag_pb.hpp"
#include "worker/ipfs/database.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace substratee::worker::ipfs {
namespace {

/// Bytes that wait for the writer before add() does.
constexpr std::size_t kMaxQueued = std::size_t{16} << 20;
/// Bytes of one batch.
constexpr std::size_t kBatch = std::size_t{2} << 20;
/// Until what is written is made durable; in between, a sixteenth of the time so far.
constexpr std::chrono::seconds kMinLoose{1};
constexpr std::chrono::seconds kMaxLoose{10};

}  // namespace

Importer::Importer(BlockStore& store, Present present)
    : store_(store), present_(present), lease_(store.lease()), writer_([this] { run(); }) {}

Importer::~Importer() {
  {
    const std::scoped_lock lock(mutex_);
    is_over_ = true;
  }
  changed_.notify_all();
}

Result<void> Importer::add(ipld::Block block) {
  if (block.bytes.size() > ipld::kMaxBlockSize) {
    return fail(FailureCode::kTooLarge, fmt::format("block {} has {} bytes", block.cid.to_text(), block.bytes.size()),
                "cut it into blocks of at most 2 MiB");
  }
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return failure_ || queued_bytes_ < kMaxQueued; });
    if (failure_) return std::unexpected(*failure_);
    queued_bytes_ += block.bytes.size();
    queue_.push_back(std::move(block));
  }
  changed_.notify_all();
  return {};
}

Result<void> Importer::drain() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return failure_ || (queue_.empty() && !is_writing_); });
  if (failure_) return std::unexpected(*failure_);
  return {};
}

Result<void> Importer::finish() {
  SUBSTRATEE_TRY(drain());
  const std::scoped_lock one_writer(store_.database_->writing);
  return store_.database_->settle();
}

Result<void> Importer::finish(const ipld::Cid& root) {
  SUBSTRATEE_TRY(drain());
  return store_.pin(root);  // which settles first
}

void Importer::run() {
  std::vector<ipld::Block> blocks;
  while (wait_for_blocks(blocks)) {
    changed_.notify_all();
    auto done = work(blocks);
    blocks.clear();
    {
      const std::scoped_lock lock(mutex_);
      is_writing_ = false;
      if (!done) failure_ = std::move(done.error());
    }
    changed_.notify_all();
    if (failure_) return;
  }
}

/// False at the end. There may be none, when it is time to settle.
bool Importer::wait_for_blocks(std::vector<ipld::Block>& blocks) {
  std::unique_lock lock(mutex_);
  const auto has_news = [this] { return is_over_ || !queue_.empty(); };
  if (settle_at_) {
    changed_.wait_until(lock, *settle_at_, has_news);
  } else {
    changed_.wait(lock, has_news);
  }
  if (is_over_ && queue_.empty()) return false;
  blocks.swap(queue_);
  queued_bytes_ = 0;
  is_writing_ = true;
  return true;
}

Result<void> Importer::work(const std::vector<ipld::Block>& blocks) {
  SUBSTRATEE_TRY(write(blocks));
  return settle_now_and_then();
}

/// Each time makes a file: the longer the import, the fewer.
Result<void> Importer::settle_now_and_then() {
  const auto now = Clock::now();
  if (!settle_at_ || now < *settle_at_) return {};
  settle_at_.reset();
  const std::scoped_lock one_writer(store_.database_->writing);
  return store_.database_->begin_to_settle();
}

Result<void> Importer::write(const std::vector<ipld::Block>& blocks) {
  auto& database = *store_.database_;
  for (std::size_t next = 0; next < blocks.size();) {
    rocksdb::WriteBatch batch(kBatch + kBatch / 4);
    Usage added;
    std::set<Bytes> staged;
    const std::scoped_lock one_writer(database.writing);
    for (; next < blocks.size() && batch.GetDataSize() < kBatch; ++next) {
      const auto& block = blocks[next];
      auto name = block.cid.multihash();
      if (block.cid.hash == ipld::HashCode::kIdentity || staged.contains(name)) continue;
      SUBSTRATEE_TRY(database.stage(batch, block, present_, added));
      if (database.watch) database.watch->written.insert(std::string(as_text(name)));
      staged.insert(std::move(name));
    }
    if (batch.Count() == 0) continue;
    SUBSTRATEE_TRY(database.write_loosely(batch, added));
    const auto interval = std::clamp<Clock::duration>((Clock::now() - start_) / 16, kMinLoose, kMaxLoose);
    if (!settle_at_) settle_at_ = Clock::now() + interval;
  }
  return {};
}

}  // namespace substratee::worker::ipfs
