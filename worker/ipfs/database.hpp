#pragma once

/// How blocks lie in RocksDB. Private to BlockStore.
///   'b' multihash   the block
///   's' multihash   its size, u32 little-endian: presence and size without reading the block
///   'r' CID         a pinned root, no value
///   "format"        version of this layout

#include "worker/ipfs/block_store.hpp"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace substratee::worker::ipfs {

inline constexpr char kBlockKey = 'b';
inline constexpr char kSizeKey = 's';
inline constexpr char kRootKey = 'r';

[[nodiscard]] std::string key_of(char kind, ByteView name);

class BlockStore::Database {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Database>> open(const std::filesystem::path& directory);

  [[nodiscard]] Result<std::optional<std::string>> read(const std::string& key) const;
  /// One batch, synced.
  [[nodiscard]] Result<void> write(rocksdb::WriteBatch& batch);
  /// Every key of one kind, without the kind, in order. Stops at the first failure of `visit`.
  [[nodiscard]] Result<void> each(
      char kind, const std::function<Result<void>(std::string_view name, std::string_view value)>& visit) const;

  /// Size of a stored block; nothing if it is not here. kCorrupt if the entry cannot be read.
  [[nodiscard]] Result<std::optional<std::uint32_t>> size_of(ByteView multihash) const;

  /// Adds a block that is not here, or replaces one that differs; `added` counts new ones.
  [[nodiscard]] Result<void> stage(rocksdb::WriteBatch& batch, const ipld::Block& block, Usage& added) const;

  /// Removes blocks in one batch and says how much that was. The caller holds `writing`.
  [[nodiscard]] Result<Usage> remove(std::span<const Bytes> multihashes);

  [[nodiscard]] Failure to_failure(const rocksdb::Status& status, std::string_view what) const;

  std::mutex writing;           ///< one writer at a time
  mutable std::mutex counting;  ///< guards usage
  Usage usage;

 private:
  Database(std::string directory, std::unique_ptr<rocksdb::DB> db)
      : directory_(std::move(directory)), db_(std::move(db)) {}
  [[nodiscard]] Result<void> check_format();
  [[nodiscard]] Result<void> count();

  std::string directory_;
  std::unique_ptr<rocksdb::DB> db_;
};

}  // namespace substratee::worker::ipfs
