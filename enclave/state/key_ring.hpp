#pragma once

/// The shard's state keys by epoch, and who wrote a node. Old epochs stay: nodes are carried over by reference and keep
/// the key they were written with.

#include "core/crypto/secret.hpp"
#include "core/registry/types.hpp"
#include "core/scale/fields.hpp"

#include <span>
#include <utility>
#include <vector>

namespace substratee::enclave::state {

/// The transition that wrote a node: the epoch of its state key and the block it processed. 40 bytes encoded.
struct Writer {
  registry::Epoch epoch = 0;
  registry::BlockNumber height = 0;
  registry::BlockHash block_hash;
  SUBSTRATEE_FIELDS(Writer, epoch, height, block_hash)
  friend bool operator==(const Writer&, const Writer&) = default;
};

class KeyRing {
 public:
  struct Entry {
    registry::Epoch epoch;
    crypto::Secret<32> state_key;
  };

  /// Replaces the epoch's key if there is one.
  void add(registry::Epoch epoch, crypto::Secret<32> state_key);
  /// Nullptr if the epoch is unknown; valid until the next add.
  [[nodiscard]] const crypto::Secret<32>* find(registry::Epoch epoch) const noexcept;
  [[nodiscard]] std::span<const Entry> newest_first() const noexcept { return entries_; }

 private:
  std::vector<Entry> entries_;  // by epoch, descending
};

}  // namespace substratee::enclave::state
