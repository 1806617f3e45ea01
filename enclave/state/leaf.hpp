#pragma once

/// A leaf that was opened: its records, as views into its plaintext. Secret.

#include "enclave/state/error.hpp"
#include "enclave/state/key_range.hpp"
#include "enclave/state/key_ring.hpp"
#include "enclave/state/page.hpp"
#include "enclave/state/seal.hpp"

#include <optional>

namespace substratee::enclave::state {

class Leaf {
 public:
  /// Opens a block whose hash is right under shard and writer, and checks frame, kind, encoding, and that the keys
  /// ascend strictly inside `range`.
  [[nodiscard]] static Result<Leaf> open(const KeyRing& keys, const registry::ShardId& shard, const Writer& writer,
                                         const KeyRange& range, ByteView block);
  /// A leaf that this enclave has just made.
  [[nodiscard]] static Leaf of(ByteView content);

  [[nodiscard]] const LeafRecords& records() const noexcept { return records_; }
  /// Nullptr if there is none.
  [[nodiscard]] const LeafRecord* find(ByteView key) const noexcept;
  [[nodiscard]] ByteView content() const noexcept { return opened_.content(); }
  /// Memory that it takes, in bytes.
  [[nodiscard]] std::size_t footprint() const noexcept;

 private:
  Leaf(Opened opened, LeafRecords records) : opened_(std::move(opened)), records_(std::move(records)) {}
  Opened opened_;
  LeafRecords records_;  // views into opened_, whose memory does not move
};

}  // namespace substratee::enclave::state
