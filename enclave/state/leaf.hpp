#pragma once

/// A leaf that was opened. Its records are read anew each time, so that every leaf takes the same memory. Secret.

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
  explicit Leaf(Frame made) : frame_(std::move(made)) {}

  /// Views into it.
  [[nodiscard]] LeafRecords records() const;
  [[nodiscard]] std::optional<LeafRecord> find(ByteView key) const { return find_record(content(), key); }
  [[nodiscard]] const Frame& frame() const noexcept { return frame_; }
  [[nodiscard]] ByteView content() const noexcept { return frame_.content(); }

 private:
  Frame frame_;
};

}  // namespace substratee::enclave::state
