#include "worker/ipfs/block_store.hpp"

#include "core/base/result.hpp"
#include "core/ipld/dag_pb.hpp"
#include "core/ipld/walk.hpp"
#include "worker/ipfs/database.hpp"

#include <fmt/format.h>

#include <set>
#include <unordered_set>

namespace substratee::worker::ipfs {
namespace {

using ipld::Block;
using ipld::Cid;

/// Blocks removed per batch.
constexpr std::size_t kSweepBatch = 1000;

bool is_identity(const Cid& cid) { return cid.hash == ipld::HashCode::kIdentity; }

Result<void> check_block(const Block& block) {
  if (block.bytes.size() > ipld::kMaxBlockSize) {
    return fail(FailureCode::kTooLarge, fmt::format("block {} has {} bytes", block.cid.to_text(), block.bytes.size()),
                "cut it into blocks of at most 2 MiB");
  }
  if (block.cid.verify(block.bytes)) return {};
  return fail(FailureCode::kCorrupt, fmt::format("the bytes given for {} are not that block", block.cid.to_text()),
              "give each block with its own CID");
}

/// The multihashes of all blocks that some roots reach.
class Reachable {
 public:
  explicit Reachable(const BlockStore& store) : store_(store) {}

  Result<void> add(const Cid& root) {
    std::vector<Cid> pending{root};
    while (!pending.empty()) {
      const Cid cid = std::move(pending.back());
      pending.pop_back();
      live_.insert(std::string(as_text(cid.multihash())));
      if (cid.codec != ipld::Codec::kDagPb || !visited_.insert(cid.multihash()).second) continue;
      auto links = SUBSTRATEE_TRY(links_of(cid));
      std::ranges::move(links, std::back_inserter(pending));
    }
    return {};
  }

  [[nodiscard]] bool contains(std::string_view multihash) const { return live_.contains(std::string(multihash)); }

 private:
  /// A node that is not here yet, or cannot be read as one, leads nowhere; one that has gone bad stops the collection.
  Result<std::vector<Cid>> links_of(const Cid& cid) const {
    const auto block = store_.get(cid);
    if (!block && block.error().code == FailureCode::kNotFound) return std::vector<Cid>{};
    if (!block) return std::unexpected(block.error());
    return ipld::links_of(cid, *block).value_or(std::vector<Cid>{});
  }

  const BlockStore& store_;
  std::unordered_set<std::string> live_;
  std::set<Bytes> visited_;
};

}  // namespace

BlockStore::BlockStore(std::unique_ptr<Database> database) : database_(std::move(database)) {}

BlockStore::~BlockStore() = default;

Result<std::unique_ptr<BlockStore>> BlockStore::open(const std::filesystem::path& directory) {
  auto database = SUBSTRATEE_TRY(Database::open(directory));
  return std::unique_ptr<BlockStore>(new BlockStore(std::move(database)));
}

Result<void> BlockStore::put_all(std::span<const Block> blocks) { return write(blocks, nullptr); }

Result<void> BlockStore::put_all(std::span<const Block> blocks, const Cid& root) { return write(blocks, &root); }

Result<void> BlockStore::write(std::span<const Block> blocks, const Cid* root) {
  for (const auto& block : blocks) SUBSTRATEE_TRY(check_block(block));
  const std::scoped_lock one_writer(database_->writing);
  rocksdb::WriteBatch batch;
  Usage added;
  std::set<Bytes> staged;
  for (const auto& block : blocks) {
    if (is_identity(block.cid) || !staged.insert(block.cid.multihash()).second) continue;
    SUBSTRATEE_TRY(database_->stage(batch, block, added));
  }
  if (root != nullptr) batch.Put(key_of(kRootKey, root->to_bytes()), "");
  if (batch.Count() == 0) return {};
  SUBSTRATEE_TRY(database_->write(batch));
  const std::scoped_lock counts(database_->counting);
  database_->usage.blocks += added.blocks;
  database_->usage.bytes += added.bytes;
  return {};
}

Result<Bytes> BlockStore::get(const Cid& cid) const {
  if (is_identity(cid)) return cid.digest;
  const auto value = SUBSTRATEE_TRY(database_->read(key_of(kBlockKey, cid.multihash())));
  if (!value) {
    return fail(FailureCode::kNotFound, fmt::format("block {} is not in the store", cid.to_text()),
                "fetch it from a peer");
  }
  if (value->size() <= ipld::kMaxBlockSize && cid.verify(as_bytes(*value))) return to_bytes(as_bytes(*value));
  return fail(FailureCode::kCorrupt, fmt::format("block {} in the store has changed", cid.to_text()),
              "check the disk and fetch the block anew");
}

Result<bool> BlockStore::has(const Cid& cid) const {
  if (is_identity(cid)) return true;
  return SUBSTRATEE_TRY(database_->size_of(cid.multihash())).has_value();
}

Result<void> BlockStore::pin(const Cid& root) { return write({}, &root); }

Result<void> BlockStore::unpin(const Cid& root) {
  const std::scoped_lock one_writer(database_->writing);
  rocksdb::WriteBatch batch;
  batch.Delete(key_of(kRootKey, root.to_bytes()));
  return database_->write(batch);
}

Result<std::vector<Cid>> BlockStore::roots() const {
  std::vector<Cid> out;
  SUBSTRATEE_TRY(database_->each(kRootKey, [&](std::string_view name, std::string_view) -> Result<void> {
    auto cid = Cid::from_bytes(as_bytes(name));
    if (!cid) return std::unexpected(database_->to_failure(rocksdb::Status::Corruption("root entry"), "list roots"));
    out.push_back(*std::move(cid));
    return {};
  }));
  return out;
}

Result<Usage> BlockStore::collect_garbage(std::span<const Cid> keep) {
  const std::unique_lock no_leases(garbage_);
  const std::scoped_lock one_writer(database_->writing);
  Reachable reachable(*this);
  for (const auto& root : SUBSTRATEE_TRY(roots())) SUBSTRATEE_TRY(reachable.add(root));
  for (const auto& root : keep) SUBSTRATEE_TRY(reachable.add(root));

  Usage removed;
  std::vector<Bytes> doomed;
  SUBSTRATEE_TRY(database_->each(kSizeKey, [&](std::string_view name, std::string_view) -> Result<void> {
    if (!reachable.contains(name)) doomed.push_back(to_bytes(as_bytes(name)));
    return {};
  }));
  for (auto rest = std::span(doomed); !rest.empty();) {
    const auto batch = rest.first(std::min(kSweepBatch, rest.size()));
    const auto swept = SUBSTRATEE_TRY(database_->remove(batch));
    removed.blocks += swept.blocks;
    removed.bytes += swept.bytes;
    rest = rest.subspan(batch.size());
  }
  return removed;
}

BlockStore::Lease BlockStore::lease() const { return Lease(garbage_); }

Usage BlockStore::usage() const {
  const std::scoped_lock counts(database_->counting);
  return database_->usage;
}

}  // namespace substratee::worker::ipfs
