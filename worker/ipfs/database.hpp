#pragma once

/// How blocks lie in RocksDB. Private to the store.
///   'b' multihash   the block
///   's' multihash   its size, u32 little-endian: presence and size without reading the block
///   'r' CID         a pinned root: which one since the beginning, u64 little-endian
///   "format"        version of this layout
/// Blocks are values in blob files of their own: compactions move keys only, and a blob file goes when most of it is
/// garbage.

#include "worker/ipfs/block_store.hpp"
#include "worker/ipfs/present.hpp"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

namespace substratee::worker::ipfs {

inline constexpr char kBlockKey = 'b';
inline constexpr char kSizeKey = 's';
inline constexpr char kRootKey = 'r';

[[nodiscard]] std::string key_of(char kind, ByteView name);

class BlockStore::Database {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Database>> open(const std::filesystem::path& directory,
                                                              StoreOptions options);

  [[nodiscard]] Result<std::optional<std::string>> read(const std::string& key) const;
  /// The bytes as they are stored: the caller checks their hash, which makes RocksDB's own sum superfluous.
  [[nodiscard]] Result<std::optional<Bytes>> read_block(ByteView multihash) const;
  /// Every key of one kind behind `after`, without the kind, in order, as long as `visit` says true.
  [[nodiscard]] Result<void> each(
      char kind, std::string_view after,
      const std::function<Result<bool>(std::string_view name, std::string_view value)>& visit) const;
  /// Size of a stored block; nothing if it is not here. kCorrupt if the entry cannot be read.
  [[nodiscard]] Result<std::optional<std::uint32_t>> size_of(ByteView multihash) const;

  /// What each(kSizeKey) gives for a block.
  [[nodiscard]] static std::uint32_t size_in(std::string_view value);

  // The functions below need `writing`.

  /// Adds a block that is not here; `present` says what becomes of one that is. `added` counts new ones.
  [[nodiscard]] Result<void> stage(rocksdb::WriteBatch& batch, const ipld::Block& block, Present present,
                                   Usage& added) const;
  /// One synced batch. What write_loosely wrote before is made durable first.
  [[nodiscard]] Result<void> write(rocksdb::WriteBatch& batch, const Usage& added);
  /// The same for what frees room or takes next to none: works on a full disk too.
  [[nodiscard]] Result<void> write_small(rocksdb::WriteBatch& batch);
  /// A batch without a log: durable with the next settle(), lost as a whole if the process ends before.
  [[nodiscard]] Result<void> write_loosely(rocksdb::WriteBatch& batch, const Usage& added);
  [[nodiscard]] Result<void> settle();
  /// Has it done soon, by another thread; waits for nothing. settle() is still what makes sure.
  [[nodiscard]] Result<void> begin_to_settle();
  /// Removes blocks in one small batch and says how much that was.
  [[nodiscard]] Result<Usage> remove(std::span<const std::string> multihashes);

  /// Gives the room of removed blocks back to the file system if that is worth its while. Needs no lock.
  [[nodiscard]] Result<void> reclaim();

  [[nodiscard]] Failure to_failure(const rocksdb::Status& status, std::string_view what) const;

  std::mutex writing;  ///< one writer at a time

  /// What a running collection must not remove although it may not have seen it. Guarded by `writing`.
  struct Watch {
    std::unordered_set<std::string> written;  ///< multihashes
    std::vector<ipld::Cid> pinned;
  };
  std::optional<Watch> watch;

  [[nodiscard]] Usage usage() const;

  /// Adds a root behind all others. The caller holds `writing`.
  void pin(rocksdb::WriteBatch& batch, const ipld::Cid& root);
  /// In order. kCorrupt if an entry cannot be read.
  [[nodiscard]] Result<std::vector<ipld::Cid>> roots() const;

  /// When a root was asked for by others.
  struct Served {
    std::mutex mutex;
    std::map<Bytes, std::chrono::steady_clock::time_point> at;  ///< by CID
  };
  mutable Served served;

 private:
  Database(std::string directory, StoreOptions options, std::unique_ptr<rocksdb::DB> db)
      : directory_(std::move(directory)), options_(std::move(options)), db_(std::move(db)) {}
  [[nodiscard]] Result<void> check_format();
  [[nodiscard]] Result<void> count();
  [[nodiscard]] Result<std::vector<std::pair<std::uint64_t, ipld::Cid>>> numbered_roots() const;
  [[nodiscard]] Result<void> check_room(std::uint64_t size) const;
  [[nodiscard]] Result<void> resume();
  [[nodiscard]] Result<void> flush(const rocksdb::FlushOptions& options);
  [[nodiscard]] Result<void> commit(rocksdb::WriteBatch& batch, bool is_loose);
  [[nodiscard]] std::uint64_t property(const std::string& name) const;
  void add(const Usage& added);

  std::string directory_;
  StoreOptions options_;
  std::unique_ptr<rocksdb::DB> db_;
  std::uint64_t last_pin_ = 0;
  bool has_failed_ = false;        ///< the last write did: RocksDB has to be told to go on
  std::uint64_t loose_bytes_ = 0;  ///< written without a log since the last settle()
  mutable std::mutex counting_;    ///< guards what follows
  Usage usage_;
  std::uint64_t removed_bytes_ = 0;  ///< since the last reclaim()
};

}  // namespace substratee::worker::ipfs
