#include "worker/ipfs/database.hpp"

#include "core/base/result.hpp"

#include <fmt/format.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>

namespace substratee::worker::ipfs {
namespace {

constexpr std::string_view kFormatKey = "format";
constexpr std::string_view kFormat = "1";

rocksdb::Options make_options() {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.compression = rocksdb::kNoCompression;  // blocks are ciphertext
  options.write_buffer_size = std::size_t{64} << 20;
  options.max_open_files = 256;
  options.keep_log_file_num = 2;
  // Blocks lie in files of their own and are not copied when keys are merged.
  options.enable_blob_files = true;
  options.min_blob_size = 1024;
  options.enable_blob_garbage_collection = true;
  rocksdb::BlockBasedTableOptions table;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

/// RocksDB has no code for this; the two texts are for another process and for this one.
bool is_lock_held(const rocksdb::Status& status) {
  const auto text = status.ToString();
  return text.find("While lock file") != std::string::npos || text.find("lock hold by") != std::string::npos;
}

std::string little_endian(std::uint32_t value) {
  std::string out;
  for (int i = 0; i < 4; ++i) out += static_cast<char>(value >> (8 * i));
  return out;
}

std::optional<std::uint32_t> from_little_endian(std::string_view bytes) {
  if (bytes.size() != 4) return std::nullopt;
  std::uint32_t out = 0;
  for (std::size_t i = 0; i < 4; ++i) out |= std::uint32_t{static_cast<std::uint8_t>(bytes[i])} << (8 * i);
  return out;
}

}  // namespace

std::string key_of(char kind, ByteView name) { return kind + std::string(as_text(name)); }

Failure BlockStore::Database::to_failure(const rocksdb::Status& status, std::string_view what) const {
  auto thing = fmt::format("block store {}: {}: {}", directory_, what, status.ToString());
  if (status.IsNoSpace()) return {FailureCode::kDiskFull, std::move(thing), "free some space on its disk"};
  if (status.IsCorruption()) {
    return {FailureCode::kCorrupt, std::move(thing),
            "check the disk, then move the directory away: the worker fetches the state anew"};
  }
  return {FailureCode::kStorage, std::move(thing), "check the disk and the rights of the directory"};
}

Result<std::unique_ptr<BlockStore::Database>> BlockStore::Database::open(const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) {
    return fail(FailureCode::kStorage, fmt::format("cannot create {}: {}", directory.string(), error.message()),
                "correct the path or its rights");
  }
  rocksdb::DB* raw = nullptr;
  const auto status = rocksdb::DB::Open(make_options(), directory.string(), &raw);
  std::unique_ptr<Database> out(new Database(directory.string(), std::unique_ptr<rocksdb::DB>(raw)));
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
  return write(batch);
}

Result<void> BlockStore::Database::count() {
  return each(kSizeKey, [this](std::string_view, std::string_view value) -> Result<void> {
    usage.blocks += 1;
    usage.bytes += from_little_endian(value).value_or(0);
    return {};
  });
}

Result<std::optional<std::string>> BlockStore::Database::read(const std::string& key) const {
  std::string value;
  const auto status = db_->Get({}, key, &value);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) return std::unexpected(to_failure(status, "read"));
  return value;
}

Result<void> BlockStore::Database::write(rocksdb::WriteBatch& batch) {
  rocksdb::WriteOptions options;
  options.sync = true;
  const auto status = db_->Write(options, &batch);
  if (!status.ok()) return std::unexpected(to_failure(status, "write"));
  return {};
}

Result<void> BlockStore::Database::each(
    char kind, const std::function<Result<void>(std::string_view name, std::string_view value)>& visit) const {
  const std::string prefix(1, kind);
  const std::unique_ptr<rocksdb::Iterator> entries(db_->NewIterator({}));
  for (entries->Seek(prefix); entries->Valid() && entries->key().starts_with(prefix); entries->Next()) {
    SUBSTRATEE_TRY(visit(entries->key().ToStringView().substr(1), entries->value().ToStringView()));
  }
  if (!entries->status().ok()) return std::unexpected(to_failure(entries->status(), "list"));
  return {};
}

Result<std::optional<std::uint32_t>> BlockStore::Database::size_of(ByteView multihash) const {
  const auto value = SUBSTRATEE_TRY(read(key_of(kSizeKey, multihash)));
  if (!value) return std::nullopt;
  const auto size = from_little_endian(*value);
  if (!size) return std::unexpected(to_failure(rocksdb::Status::Corruption("size entry"), "read"));
  return size;
}

Result<void> BlockStore::Database::stage(rocksdb::WriteBatch& batch, const ipld::Block& block, Usage& added) const {
  const auto name = block.cid.multihash();
  const auto key = key_of(kBlockKey, name);
  const auto size = SUBSTRATEE_TRY(size_of(name));
  if (size) {
    // A read that fails means bad bytes too: write the good ones.
    const auto stored = read(key);
    if (stored && *stored == as_text(block.bytes)) return {};
  }
  batch.Put(key, as_text(block.bytes));
  batch.Put(key_of(kSizeKey, name), little_endian(static_cast<std::uint32_t>(block.bytes.size())));
  if (!size) {
    added.blocks += 1;
    added.bytes += block.bytes.size();
  }
  return {};
}

Result<Usage> BlockStore::Database::remove(std::span<const Bytes> multihashes) {
  rocksdb::WriteBatch batch;
  Usage removed;
  for (const auto& name : multihashes) {
    const auto size = SUBSTRATEE_TRY(size_of(name));
    if (!size) continue;
    batch.Delete(key_of(kBlockKey, name));
    batch.Delete(key_of(kSizeKey, name));
    removed.blocks += 1;
    removed.bytes += *size;
  }
  SUBSTRATEE_TRY(write(batch));
  const std::scoped_lock counts(counting);
  usage.blocks -= removed.blocks;
  usage.bytes -= removed.bytes;
  return removed;
}

}  // namespace substratee::worker::ipfs
