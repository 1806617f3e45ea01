#include "worker/ipfs/block_store.hpp"

#include "core/base/result.hpp"
#include "core/ipld/dag_pb.hpp"
#include "worker/ipfs/database.hpp"

#include <fmt/format.h>

#include <set>

namespace substratee::worker::ipfs {
namespace {

using ipld::Block;
using ipld::Cid;

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

/// A name beside `directory` that is free.
std::filesystem::path aside(const std::filesystem::path& directory) {
  for (int i = 1;; ++i) {
    auto out = directory;
    out += fmt::format(".corrupt-{}", i);
    std::error_code ignored;
    if (!std::filesystem::exists(out, ignored)) return out;
  }
}

}  // namespace

BlockStore::BlockStore(std::unique_ptr<Database> database) : database_(std::move(database)) {}

BlockStore::~BlockStore() = default;

Result<std::unique_ptr<BlockStore>> BlockStore::open(const std::filesystem::path& directory, StoreOptions options) {
  auto database = SUBSTRATEE_TRY(Database::open(directory, std::move(options)));
  return std::unique_ptr<BlockStore>(new BlockStore(std::move(database)));
}

Result<BlockStore::Opened> BlockStore::open_or_set_aside(const std::filesystem::path& directory,
                                                         const StoreOptions& options) {
  auto opened = open(directory, options);
  if (opened) return Opened{*std::move(opened), {}};
  if (opened.error().code != FailureCode::kCorrupt) return std::unexpected(opened.error());
  auto place = aside(directory);
  std::error_code error;
  std::filesystem::rename(directory, place, error);
  if (error) return std::unexpected(opened.error());
  return Opened{SUBSTRATEE_TRY(open(directory, options)), std::move(place)};
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
    SUBSTRATEE_TRY(database_->stage(batch, block, Present::kReplaceIfBad, added));
  }
  if (auto& watch = database_->watch) {
    for (const auto& name : staged) watch->written.insert(std::string(as_text(name)));
    if (root != nullptr) watch->pinned.push_back(*root);
  }
  if (root != nullptr) database_->pin(batch, *root);
  if (batch.Count() == 0) return database_->settle();
  return database_->write(batch, added);
}

Result<Bytes> BlockStore::get(const Cid& cid) const {
  if (is_identity(cid)) return cid.digest;
  auto value = SUBSTRATEE_TRY(database_->read_block(cid.multihash()));
  if (!value) {
    return fail(FailureCode::kNotFound, fmt::format("block {} is not in the store", cid.to_text()),
                "fetch it from a peer");
  }
  if (value->size() <= ipld::kMaxBlockSize && cid.verify(*value)) return *std::move(value);
  return fail(FailureCode::kCorrupt, fmt::format("block {} in the store has changed", cid.to_text()),
              "check the disk and fetch the block anew");
}

Result<bool> BlockStore::has(const Cid& cid) const { return SUBSTRATEE_TRY(size_of(cid)).has_value(); }

Result<std::optional<std::uint64_t>> BlockStore::size_of(const Cid& cid) const {
  if (is_identity(cid)) return cid.digest.size();
  const auto size = SUBSTRATEE_TRY(database_->size_of(cid.multihash()));
  return size ? std::optional<std::uint64_t>(*size) : std::nullopt;
}

Result<void> BlockStore::pin(const Cid& root) { return write({}, &root); }

Result<void> BlockStore::unpin(const Cid& root) {
  const std::scoped_lock one_writer(database_->writing);
  rocksdb::WriteBatch batch;
  batch.Delete(key_of(kRootKey, root.to_bytes()));
  return database_->write_small(batch);
}

Result<std::vector<Cid>> BlockStore::roots() const { return database_->roots(); }

void BlockStore::note_served(const Cid& cid) const {
  if (cid.codec != ipld::Codec::kDagPb) return;
  auto name = cid.as_v1().to_bytes();
  const auto pinned = database_->read(key_of(kRootKey, name));
  if (!pinned || !*pinned) return;
  const auto now = std::chrono::steady_clock::now();
  const std::scoped_lock lock(database_->served.mutex);
  std::erase_if(database_->served.at, [&](const auto& entry) { return entry.second + kServedFor < now; });
  database_->served.at[std::move(name)] = now;
}

bool BlockStore::was_served(const Cid& root) const {
  const std::scoped_lock lock(database_->served.mutex);
  const auto found = database_->served.at.find(root.as_v1().to_bytes());
  return found != database_->served.at.end() && std::chrono::steady_clock::now() < found->second + kServedFor;
}

BlockStore::Lease BlockStore::lease() const { return Lease(garbage_); }

Usage BlockStore::usage() const { return database_->usage(); }

}  // namespace substratee::worker::ipfs
