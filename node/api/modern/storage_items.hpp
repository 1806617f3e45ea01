#pragma once

/// What chainHead_v1_storage and archive_v1_storage ask of a state, and the answer, in pieces.

#include "node/api/state_access.hpp"

namespace substratee::node::api {

struct StorageItem {
  enum class Type : std::uint8_t { kValue, kHash, kMerkleValue, kDescendantsValues, kDescendantsHashes };
  Bytes key;
  Type type{};
  std::optional<Bytes> start;  ///< descendants: only those behind it
};

/// [{"key", "type", "paginationStartKey"?}, …]; kInvalidParams for anything else. Child tries there are none.
[[nodiscard]] Parsed<std::vector<StorageItem>> storage_items(const Params& params, std::size_t index);

/// What stands around an event of archive_v1 in its notification, about.
inline constexpr std::size_t kAroundEvent = 160;

/// Works through a list of items. Copies of the state are not needed between two pieces, only the same state.
class StorageReader {
 public:
  explicit StorageReader(std::vector<StorageItem> items) : items_(std::move(items)) {}

  [[nodiscard]] bool is_done() const noexcept { return next_ == items_.size(); }
  [[nodiscard]] std::size_t item_count() const noexcept { return items_.size(); }
  /// The next results, {"key", "value" | "hash" | "closestDescendantMerkleValue"}: as many as bring the text to about
  /// `max_bytes`. Also when empty there may be more: see is_done().
  [[nodiscard]] json::array read(const storage::Snapshot& state, std::size_t max_bytes);

 private:
  void read_descendants(const storage::Snapshot& state, StorageItem& item, json::array& out, std::size_t& left);

  std::vector<StorageItem> items_;
  std::size_t next_ = 0;
};

}  // namespace substratee::node::api
