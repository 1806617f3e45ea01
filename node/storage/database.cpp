#include "node/storage/database.hpp"

#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

namespace substratee::node::storage {

namespace {

rocksdb::Slice to_slice(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
ByteView from_slice(const rocksdb::Slice& slice) { return as_bytes({slice.data(), slice.size()}); }

Error to_error(const rocksdb::Status& status, const std::filesystem::path& path) {
  const auto text = status.ToString();
  if (text.find("lock") != std::string::npos && status.IsIOError()) {
    return {Code::kBusy, fmt::format("database {}: in use by another process; stop that node first", path.string())};
  }
  if (status.IsCorruption() || text.find("No such file") != std::string::npos || status.IsInvalidArgument() ||
      status.IsNotSupported()) {
    return {Code::kCorrupt,
            fmt::format(
                "database {}: damaged ({}); run `substratee-node purge-chain`, which keeps the key, and start again",
                path.string(), text)};
  }
  return {Code::kDisk, fmt::format("database {}: {}; check the disk and its permissions", path.string(), text)};
}

rocksdb::Options open_options() {
  rocksdb::Options options;
  options.create_if_missing = true;  // see create()
  options.paranoid_checks = true;
  // A torn last record belongs to a batch that never left the process. Damage before it must not roll the chain back
  // silently, which the default mode would do.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.max_open_files = 256;
  options.keep_log_file_num = 2;
  options.info_log_level = rocksdb::InfoLogLevel::ERROR_LEVEL;
  options.write_buffer_size = std::size_t{32} << 20;
  rocksdb::BlockBasedTableOptions tables;
  tables.block_cache = rocksdb::NewLRUCache(std::size_t{64} << 20);
  tables.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(tables));
  return options;
}

Result<std::unique_ptr<rocksdb::DB>> open_rocksdb(const std::filesystem::path& path) {
  rocksdb::DB* db = nullptr;
  const auto status = rocksdb::DB::Open(open_options(), path.string(), &db);
  if (!status.ok()) return std::unexpected(to_error(status, path));
  return std::unique_ptr<rocksdb::DB>(db);
}

/// Made under another name first: a directory of this name is always a complete database, wherever a crash fell, so
/// that damage is never taken for a database still to be made.
Result<void> create(const std::filesystem::path& path) {
  auto unfinished = path;
  unfinished += ".new";
  std::error_code error;
  std::filesystem::remove_all(unfinished, error);
  if (!error) std::filesystem::create_directories(unfinished, error);
  if (!error) SUBSTRATEE_TRY(open_rocksdb(unfinished));
  if (!error) std::filesystem::rename(unfinished, path, error);
  if (error)
    return fail(Code::kDisk,
                fmt::format("database {}: {}; choose another --base-path", path.string(), error.message()));
  return {};
}

Result<void> check_or_create(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return create(path);
  if (!std::filesystem::is_directory(path, error)) {
    return fail(Code::kForeign, fmt::format("database {}: not a directory; choose another --base-path", path.string()));
  }
  if (std::filesystem::is_empty(path, error)) return create(path);
  if (!std::filesystem::exists(path / "CURRENT", error)) {
    return fail(Code::kForeign,
                fmt::format("database {}: not a database, or a damaged one; run `substratee-node purge-chain` or "
                            "choose another --base-path",
                            path.string()));
  }
  return {};
}

}  // namespace

class Database::Handle {
 public:
  Handle(std::unique_ptr<rocksdb::DB> opened, std::filesystem::path where)
      : db(std::move(opened)), path(std::move(where)) {}
  std::unique_ptr<rocksdb::DB> db;
  std::filesystem::path path;
};

Database::Database(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& directory) {
  SUBSTRATEE_TRY(check_or_create(directory));
  auto db = SUBSTRATEE_TRY(open_rocksdb(directory));
  return std::unique_ptr<Database>(new Database(std::make_unique<Handle>(std::move(db), directory)));
}

Result<std::optional<Bytes>> Database::get(ByteView key) const {
  rocksdb::PinnableSlice value;
  const auto status =
      handle_->db->Get(rocksdb::ReadOptions(), handle_->db->DefaultColumnFamily(), to_slice(key), &value);
  if (status.IsNotFound()) return std::optional<Bytes>{};
  if (!status.ok()) return std::unexpected(to_error(status, handle_->path));
  return to_bytes(from_slice(value));
}

Result<void> Database::each(ByteView prefix, const std::function<void(ByteView, ByteView)>& visit) const {
  const std::unique_ptr<rocksdb::Iterator> it(handle_->db->NewIterator(rocksdb::ReadOptions()));
  for (it->Seek(to_slice(prefix)); it->Valid() && it->key().starts_with(to_slice(prefix)); it->Next()) {
    visit(from_slice(it->key()).subspan(prefix.size()), from_slice(it->value()));
  }
  if (!it->status().ok()) return std::unexpected(to_error(it->status(), handle_->path));
  return {};
}

Result<bool> Database::is_empty() const {
  const std::unique_ptr<rocksdb::Iterator> it(handle_->db->NewIterator(rocksdb::ReadOptions()));
  it->SeekToFirst();
  if (!it->status().ok()) return std::unexpected(to_error(it->status(), handle_->path));
  return !it->Valid();
}

Result<void> Database::write(const Batch& batch, Sync sync) {
  rocksdb::WriteBatch out;
  for (const auto& [key, value] : batch.operations()) {
    const auto status = value ? out.Put(to_slice(key), to_slice(*value)) : out.Delete(to_slice(key));
    if (!status.ok()) return std::unexpected(to_error(status, handle_->path));
  }
  rocksdb::WriteOptions options;
  options.sync = sync == Sync::kNow;
  const auto status = handle_->db->Write(options, &out);
  if (!status.ok()) return std::unexpected(to_error(status, handle_->path));
  return {};
}

Result<void> Database::sync() {
  const auto status = handle_->db->FlushWAL(true);
  if (!status.ok()) return std::unexpected(to_error(status, handle_->path));
  return {};
}

}  // namespace substratee::node::storage
