#include "worker/ipfs/importer.hpp"

#include "core/base/result.hpp"
#include "core/ipld/dag_pb.hpp"
#include "worker/ipfs/database.hpp"

#include <fmt/format.h>

#include <set>
#include <utility>

namespace substratee::worker::ipfs {
namespace {

/// Bytes that wait for the writer before add() does.
constexpr std::size_t kMaxQueued = std::size_t{16} << 20;
/// Bytes of one batch.
constexpr std::size_t kBatch = std::size_t{2} << 20;

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
  while (true) {
    std::vector<ipld::Block> blocks;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return is_over_ || !queue_.empty(); });
      if (queue_.empty()) return;
      blocks.swap(queue_);
      queued_bytes_ = 0;
      is_writing_ = true;
    }
    changed_.notify_all();
    auto written = write(blocks);
    {
      const std::scoped_lock lock(mutex_);
      is_writing_ = false;
      if (!written) failure_ = std::move(written.error());
    }
    changed_.notify_all();
    if (failure_) return;
  }
}

Result<void> Importer::write(const std::vector<ipld::Block>& blocks) {
  using Database = BlockStore::Database;
  auto& database = *store_.database_;
  const auto present = present_ == Present::kKeep ? Database::Present::kKeep : Database::Present::kReplace;
  for (std::size_t next = 0; next < blocks.size();) {
    rocksdb::WriteBatch batch(kBatch + kBatch / 4);
    Usage added;
    std::set<Bytes> staged;
    const std::scoped_lock one_writer(database.writing);
    for (; next < blocks.size() && batch.GetDataSize() < kBatch; ++next) {
      const auto& block = blocks[next];
      auto name = block.cid.multihash();
      if (block.cid.hash == ipld::HashCode::kIdentity || staged.contains(name)) continue;
      SUBSTRATEE_TRY(database.stage(batch, block, present, added));
      if (database.watch) database.watch->written.insert(std::string(as_text(name)));
      staged.insert(std::move(name));
    }
    if (batch.Count() > 0) SUBSTRATEE_TRY(database.write_loosely(batch, added));
  }
  return {};
}

}  // namespace substratee::worker::ipfs
