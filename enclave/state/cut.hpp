#pragma once

/// Where nodes end: decided by a secret PRF on keys, so that the same content is cut the same way whatever its history,
/// a value of unchanged size never moves a cut, and nobody outside can choose keys that fill one node.
/// Leaves and index pages follow one rule; sizes are those of their encoded entries.

#include "core/base/bytes.hpp"
#include "core/crypto/secret.hpp"
#include "enclave/state/nodes.hpp"
#include "enclave/state/page.hpp"

namespace substratee::enclave::state {

/// No cut below this, save before an entry that would not fit.
inline constexpr std::size_t kMinNodeSize = 6'144;
/// Never more. A node is 12 KiB on average.
inline constexpr std::size_t kMaxNodeSize = 16'320;

/// Follows one node while it grows.
class Cutter {
 public:
  /// The key lives longer.
  explicit Cutter(const crypto::Secret<32>& cut_key) : cut_key_(&cut_key) {}

  /// True if the node ends before an entry of this size.
  [[nodiscard]] bool ends_before(std::size_t entry_size) const noexcept { return size_ + entry_size > kMaxNodeSize; }
  /// Takes the entry; true if the node ends behind it: with x = size so far above the minimum and r = the entry's size,
  /// if PRF32(key) < x³ · r / 2¹⁷ (a Weibull distribution of shape 4).
  [[nodiscard]] bool ends_behind(ByteView key, std::size_t entry_size) noexcept;

 private:
  const crypto::Secret<32>* cut_key_;
  std::size_t size_ = 0;
};

/// How a leaf stands to the rule, once its records are gone.
struct LeafShape {
  std::size_t size = 0;          ///< of its records, encoded
  std::size_t first_record = 0;  ///< of which the first
  bool is_whole = false;         ///< no cut before its last record
  bool is_ended = false;         ///< the rule ends it behind its last record
};
/// Of at least one record.
[[nodiscard]] LeafShape shape_of(const crypto::Secret<32>& cut_key, const LeafRecords& records);
/// Whether the leaf ends there if `next` follows.
[[nodiscard]] bool ends_before(const LeafShape& leaf, const LeafShape& next) noexcept;

/// The end of the page whose children begin at `first`.
[[nodiscard]] Level::const_iterator page_end(const crypto::Secret<32>& cut_key, const Level& below,
                                             Level::const_iterator first);

}  // namespace substratee::enclave::state
