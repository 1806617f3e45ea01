#pragma once

/// An ordered key-value store on disk (RocksDB) whose batches are atomic and on the disk when write() returns.
/// Reads may come from any thread; one thread writes.

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"
#include "node/storage/error.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace substratee::node::storage {

/// Puts and deletes, applied all or not at all.
class Batch {
 public:
  void put(Bytes key, Bytes value) { operations_.emplace_back(std::move(key), std::move(value)); }
  void erase(Bytes key) { operations_.emplace_back(std::move(key), std::nullopt); }
  [[nodiscard]] const auto& operations() const noexcept { return operations_; }

 private:
  std::vector<std::pair<Bytes, std::optional<Bytes>>> operations_;
};

enum class Sync : std::uint8_t { kNow, kLater };

class Database {
 public:
  /// Creates it if the directory is absent or empty. kForeign if the directory holds something else, kBusy if another
  /// process has it open, kCorrupt, kDisk.
  [[nodiscard]] static Result<std::unique_ptr<Database>> open(const std::filesystem::path& directory);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  [[nodiscard]] Result<std::optional<Bytes>> get(ByteView key) const;
  /// Every entry whose key begins with `prefix`, in order, the prefix cut off.
  [[nodiscard]] Result<void> each(ByteView prefix,
                                  const std::function<void(ByteView key, ByteView value)>& visit) const;
  [[nodiscard]] Result<bool> is_empty() const;

  /// kNow: what it says is on the disk when it returns. kLater: as soon as something else is, or sync() returns; a
  /// crash before loses the last batches, never one without those after it. After an error the database must not be
  /// used any more.
  [[nodiscard]] Result<void> write(const Batch& batch, Sync sync = Sync::kNow);
  [[nodiscard]] Result<void> sync();

 private:
  class Handle;
  explicit Database(std::unique_ptr<Handle> handle);
  std::unique_ptr<Handle> handle_;
};

}  // namespace substratee::node::storage
