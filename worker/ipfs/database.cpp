#include "worker/ipfs/database.hpp"

#include "core/base/result.hpp"
#include "worker/ipfs/folder.hpp"

#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>

namespace substratee::worker::ipfs {
namespace {

constexpr std::string_view kFormatKey = "format";
constexpr std::string_view kFormat = "1";
/// What a killed import loses at most, however fast it is.
constexpr std::size_t kMemtable = std::size_t{32} << 20;
constexpr int kMemtables = 8;
/// Memory for keys: those of some hundred thousand blocks.
constexpr std::size_t kKeyCache = std::size_t{32} << 20;

rocksdb::Options make_options() {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.compression = rocksdb::kNoCompression;  // blocks are ciphertext
  options.write_buffer_size = kMemtable;
  options.max_write_buffer_number = kMemtables;  // an import goes on while its blocks are written out
  options.max_background_jobs = 2;
  // Each memtable makes a small file of keys: merged less often than by default, which an import would pay for.
  options.level0_file_num_compaction_trigger = 16;
  options.level0_slowdown_writes_trigger = 48;
  options.level0_stop_writes_trigger = 96;
  options.memtable_prefix_bloom_size_ratio = 0.001;  // most blocks that are asked about are not here yet
  options.memtable_whole_key_filtering = true;
  options.bytes_per_sync = std::uint64_t{8} << 20;  // the disk works while more comes, not at the end only
  options.max_open_files = 256;
  options.advise_random_on_open = false;  // a state is read, and served, in the order in which it was written
  options.keep_log_file_num = 2;
  // Blocks lie in files of their own and are not copied when keys are merged; reclaim() says when they are.
  options.enable_blob_files = true;
  options.min_blob_size = 1024;
  options.enable_blob_garbage_collection = false;
  rocksdb::BlockBasedTableOptions table;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.block_cache = rocksdb::NewLRUCache(kKeyCache);
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

/// RocksDB has no code for this; the two texts are for another process and for this one.
bool is_lock_held(const rocksdb::Status& status) {
  const auto text = status.ToString();
  return text.find("While lock file") != std::string::npos || text.find("lock hold by") != std::string::npos;
}

/// A file that is listed and gone, or shorter than listed, is as bad as one with other bytes.
bool is_corrupt(const rocksdb::Status& status) {
  if (status.IsCorruption()) return true;
  const auto text = status.ToString();
  return status.IsIOError() && text.find("No such file") != std::string::npos;
}

constexpr std::string_view kAfterCorruption =
    "check the disk, then move the directory away: a worker fetches its state anew, all else has to be added again";

template <class T>
std::string little_endian(T value) {
  std::string out;
  for (std::size_t i = 0; i < sizeof(T); ++i) out += static_cast<char>(value >> (8 * i));
  return out;
}

template <class T>
std::optional<T> from_little_endian(std::string_view bytes) {
  if (bytes.size() != sizeof(T)) return std::nullopt;
  T out = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) out |= T{static_cast<std::uint8_t>(bytes[i])} << (8 * i);
  return out;
}

}  // namespace

std::string key_of(char kind, ByteView name) { return kind + std::string(as_text(name)); }

Failure BlockStore::Database::to_failure(const rocksdb::Status& status, std::string_view what) const {
  auto thing = fmt::format("block store {}: {}: {}", directory_, what, status.ToString());
  if (status.IsNoSpace()) return {FailureCode::kDiskFull, std::move(thing), "free some space on its disk"};
  if (is_corrupt(status)) {
    return {FailureCode::kCorrupt, std::move(thing), std::string(kAfterCorruption)};
  }
  return {FailureCode::kStorage, std::move(thing), "check the disk and the rights of the directory"};
}

Result<std::unique_ptr<BlockStore::Database>> BlockStore::Database::open(const std::filesystem::path& directory,
                                                                         StoreOptions options) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) {
    return fail(FailureCode::kStorage, fmt::format("cannot create {}: {}", directory.string(), error.message()),
                "correct the path or its rights");
  }
  if (look_into(directory) == Folder::kTorn) {
    // RocksDB would begin a new store in it, and remove the old one's files.
    return fail(FailureCode::kCorrupt, fmt::format("block store {} has lost its file CURRENT", directory.string()),
                std::string(kAfterCorruption));
  }
  if (!options.free_space) {
    options.free_space = [directory] {
      std::error_code unknown;
      const auto space = std::filesystem::space(directory, unknown);
      return unknown ? std::uint64_t{UINT64_MAX} : std::uint64_t{space.available};
    };
  }
  rocksdb::DB* raw = nullptr;
  const auto status = rocksdb::DB::Open(make_options(), directory.string(), &raw);
  std::unique_ptr<Database> out(
      new Database(directory.string(), std::move(options), std::unique_ptr<rocksdb::DB>(raw)));
  if (!status.ok()) {
    if (!is_lock_held(status)) return std::unexpected(out->to_failure(status, "open"));
    return fail(FailureCode::kInUse, fmt::format("block store {}: another process has it open", directory.string()),
                "stop that process or choose another directory");
  }
  SUBSTRATEE_TRY(out->check_format());
  SUBSTRATEE_TRY(out->count());
  return out;
}

Result<void> BlockStore::Database::check_format() {
  const auto found = SUBSTRATEE_TRY(read(std::string(kFormatKey)));
  if (found && *found != kFormat) {
    return fail(FailureCode::kStorage, fmt::format("block store {} has another format", directory_),
                "use the version that wrote it, or move the directory away");
  }
  if (found) return {};
  rocksdb::WriteBatch batch;
  batch.Put(kFormatKey, kFormat);
  return write(batch, {});
}

Result<void> BlockStore::Database::count() {
  for (const auto& [number, root] : SUBSTRATEE_TRY(numbered_roots())) last_pin_ = std::max(last_pin_, number);
  return each(kSizeKey, {}, [this](std::string_view, std::string_view value) -> Result<bool> {
    usage_.blocks += 1;
    usage_.bytes += size_in(value);
    return true;
  });
}

Result<std::optional<std::string>> BlockStore::Database::read(const std::string& key) const {
  std::string value;
  const auto status = db_->Get({}, key, &value);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) return std::unexpected(to_failure(status, "read"));
  return value;
}

Result<std::optional<Bytes>> BlockStore::Database::read_block(ByteView multihash) const {
  rocksdb::ReadOptions options;
  options.verify_checksums = false;
  rocksdb::PinnableSlice value;
  const auto status = db_->Get(options, db_->DefaultColumnFamily(), key_of(kBlockKey, multihash), &value);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) return std::unexpected(to_failure(status, "read"));
  return to_bytes(as_bytes(value.ToStringView()));
}

Result<void> BlockStore::Database::each(
    char kind, std::string_view after,
    const std::function<Result<bool>(std::string_view name, std::string_view value)>& visit) const {
  const std::string prefix(1, kind);
  const auto start = prefix + std::string(after);
  const std::unique_ptr<rocksdb::Iterator> entries(db_->NewIterator({}));
  for (entries->Seek(start); entries->Valid() && entries->key().starts_with(prefix); entries->Next()) {
    if (!after.empty() && entries->key() == start) continue;
    if (!SUBSTRATEE_TRY(visit(entries->key().ToStringView().substr(1), entries->value().ToStringView()))) break;
  }
  if (!entries->status().ok()) return std::unexpected(to_failure(entries->status(), "list"));
  return {};
}

std::uint32_t BlockStore::Database::size_in(std::string_view value) {
  return from_little_endian<std::uint32_t>(value).value_or(0);
}

Result<std::optional<std::uint32_t>> BlockStore::Database::size_of(ByteView multihash) const {
  const auto value = SUBSTRATEE_TRY(read(key_of(kSizeKey, multihash)));
  if (!value) return std::nullopt;
  const auto size = from_little_endian<std::uint32_t>(*value);
  if (!size) return std::unexpected(to_failure(rocksdb::Status::Corruption("size entry"), "read"));
  return size;
}

Result<void> BlockStore::Database::stage(rocksdb::WriteBatch& batch, const ipld::Block& block, Present present,
                                         Usage& added) const {
  const auto name = block.cid.multihash();
  const auto key = key_of(kBlockKey, name);
  const auto size = SUBSTRATEE_TRY(size_of(name));
  if (size && present == Present::kReplaceIfBad) {
    // A read that fails means bad bytes too: write the good ones.
    const auto stored = read_block(name);
    if (stored && *stored && **stored == block.bytes) return {};
  }
  batch.Put(key, as_text(block.bytes));
  batch.Put(key_of(kSizeKey, name), little_endian(static_cast<std::uint32_t>(block.bytes.size())));
  if (!size) {
    added.blocks += 1;
    added.bytes += block.bytes.size();
  }
  return {};
}

/// Bytes that will go to the disk: what waits in memory counts as well.
Result<void> BlockStore::Database::check_room(std::uint64_t size) const {
  const auto free = options_.free_space();
  const auto needed = options_.reserve + size + loose_bytes_;
  if (free >= needed) return {};
  return fail(FailureCode::kDiskFull,
              fmt::format("block store {}: {} MiB are free on its disk, {} are needed", directory_, free >> 20,
                          (needed >> 20) + 1),
              "free some space on its disk; nothing is lost, a worker goes on by itself then");
}

Result<void> BlockStore::Database::resume() {
  if (!has_failed_) return {};
  const auto status = db_->Resume();
  if (!status.ok()) return std::unexpected(to_failure(status, "go on after a failure"));
  has_failed_ = false;
  return {};
}

Result<void> BlockStore::Database::commit(rocksdb::WriteBatch& batch, bool is_loose) {
  SUBSTRATEE_TRY(resume());
  rocksdb::WriteOptions options;
  options.sync = !is_loose;
  options.disableWAL = is_loose;
  const auto status = db_->Write(options, &batch);
  if (status.ok()) return {};
  has_failed_ = true;
  return std::unexpected(to_failure(status, "write"));
}

Result<void> BlockStore::Database::write(rocksdb::WriteBatch& batch, const Usage& added) {
  SUBSTRATEE_TRY(check_room(batch.GetDataSize()));
  SUBSTRATEE_TRY(write_small(batch));
  add(added);
  return {};
}

Result<void> BlockStore::Database::write_small(rocksdb::WriteBatch& batch) {
  SUBSTRATEE_TRY(settle());
  return commit(batch, false);
}

Result<void> BlockStore::Database::write_loosely(rocksdb::WriteBatch& batch, const Usage& added) {
  SUBSTRATEE_TRY(check_room(batch.GetDataSize()));
  SUBSTRATEE_TRY(commit(batch, true));
  // Older than all memtables is on the disk already, whatever settle() is still to do.
  loose_bytes_ = std::min<std::uint64_t>(loose_bytes_ + batch.GetDataSize(), kMemtables * kMemtable);
  add(added);
  return {};
}

Result<void> BlockStore::Database::settle() {
  if (loose_bytes_ == 0) return {};
  SUBSTRATEE_TRY(flush({}));
  loose_bytes_ = 0;
  return {};
}

Result<void> BlockStore::Database::begin_to_settle() {
  if (loose_bytes_ == 0) return {};
  rocksdb::FlushOptions options;
  options.wait = false;
  options.allow_write_stall = true;  // else it waits for the disk here
  return flush(options);
}

Result<void> BlockStore::Database::flush(const rocksdb::FlushOptions& options) {
  SUBSTRATEE_TRY(resume());
  const auto status = db_->Flush(options);
  if (status.ok()) return {};
  has_failed_ = true;
  return std::unexpected(to_failure(status, "flush"));
}

Result<Usage> BlockStore::Database::remove(std::span<const std::string> multihashes) {
  rocksdb::WriteBatch batch;
  Usage removed;
  for (const auto& name : multihashes) {
    const auto size = SUBSTRATEE_TRY(size_of(as_bytes(name)));
    if (!size) continue;
    batch.Delete(key_of(kBlockKey, as_bytes(name)));
    batch.Delete(key_of(kSizeKey, as_bytes(name)));
    removed.blocks += 1;
    removed.bytes += *size;
  }
  if (removed.blocks == 0) return removed;
  SUBSTRATEE_TRY(write_small(batch));
  const std::scoped_lock counts(counting_);
  usage_.blocks -= removed.blocks;
  usage_.bytes -= removed.bytes;
  removed_bytes_ += removed.bytes;
  return removed;
}

void BlockStore::Database::pin(rocksdb::WriteBatch& batch, const ipld::Cid& root) {
  batch.Put(key_of(kRootKey, root.to_bytes()), little_endian(++last_pin_));
}

Result<std::vector<std::pair<std::uint64_t, ipld::Cid>>> BlockStore::Database::numbered_roots() const {
  std::vector<std::pair<std::uint64_t, ipld::Cid>> out;
  SUBSTRATEE_TRY(each(kRootKey, {}, [&](std::string_view name, std::string_view value) -> Result<bool> {
    auto cid = ipld::Cid::from_bytes(as_bytes(name));
    const auto number = from_little_endian<std::uint64_t>(value);
    // Stores of before the numbers have none.
    if (!cid || (!number && !value.empty())) {
      return std::unexpected(to_failure(rocksdb::Status::Corruption("root entry"), "list roots"));
    }
    out.emplace_back(number.value_or(0), *std::move(cid));
    return true;
  }));
  return out;
}

Result<std::vector<ipld::Cid>> BlockStore::Database::roots() const {
  auto numbered = SUBSTRATEE_TRY(numbered_roots());
  std::ranges::sort(numbered);
  std::vector<ipld::Cid> out;
  for (auto& [number, root] : numbered) out.push_back(std::move(root));
  return out;
}

std::uint64_t BlockStore::Database::property(const std::string& name) const {
  std::uint64_t value = 0;
  return db_->GetIntProperty(name, &value) ? value : 0;
}

Result<void> BlockStore::Database::reclaim() {
  const bool is_tight = options_.free_space() < 2 * options_.reserve;
  {
    const std::scoped_lock counts(counting_);
    // Less than an eighth of garbage is not worth the merging of all keys, unless room is scarce.
    if (removed_bytes_ == 0 || (!is_tight && removed_bytes_ < usage_.bytes / 8)) return {};
    removed_bytes_ = 0;
  }
  using Properties = rocksdb::DB::Properties;
  rocksdb::CompactRangeOptions options;
  options.exclusive_manual_compaction = false;
  auto status = db_->CompactRange(options, nullptr, nullptr);  // keys only; a blob file of garbage alone goes with them
  const auto garbage = property(Properties::kLiveBlobFileGarbageSize);
  if (status.ok() && garbage > property(Properties::kLiveBlobFileSize) / 2) {
    options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
    options.blob_garbage_collection_policy = rocksdb::BlobGarbageCollectionPolicy::kForce;
    // What is moved is there twice for a while.
    options.blob_garbage_collection_age_cutoff = is_tight ? 0.25 : 1.0;
    status = db_->CompactRange(options, nullptr, nullptr);
  }
  if (!status.ok()) return std::unexpected(to_failure(status, "give room back"));
  return {};
}

void BlockStore::Database::add(const Usage& added) {
  const std::scoped_lock counts(counting_);
  usage_.blocks += added.blocks;
  usage_.bytes += added.bytes;
}

Usage BlockStore::Database::usage() const {
  const std::scoped_lock counts(counting_);
  return usage_;
}

}  // namespace substratee::worker::ipfs
