#pragma once

/// One error type for all of enclave/state: why a state from untrusted blocks is not opened, or not written.

#include <expected>
#include <string_view>

namespace substratee::enclave::state {

enum class Error {
  kBadRoot,        ///< the state CID is not a CIDv1 of a dag-pb block over sha2-256
  kNotWanted,      ///< a block that nobody asked for
  kHashMismatch,   ///< the block is not the one that its CID names
  kBadSize,        ///< an encrypted block that is not exactly 16,384 bytes, or a root block that is too large
  kBadDirectory,   ///< the root is not a directory of index, leaves and manifest
  kUnknownEpoch,   ///< no state key of the writer's epoch
  kNotAuthentic,   ///< no key that we have opens the block: other shard, other epoch, other writer
  kBadEncoding,    ///< a plaintext that does not decode, has content in its padding or is over a bound
  kUnknownFormat,  ///< a format version of another release
  kWrongShard,     ///< the manifest is another shard's
  kWrongWriter,    ///< the manifest names an epoch whose key did not open it
  kTooNew,         ///< a node written later than the agreed block, or later than its parent
  kWrongKind,      ///< a leaf where an index page has to be, or a page of another level
  kKeyOrder,       ///< keys that do not ascend, or outside the range that the parent gives
  kWrongCount,     ///< not as many records, leaves or levels as the manifest says
  kWrongCut,       ///< nodes that end elsewhere than the cut rule says
  kWrongTree,      ///< the public tree does not hold exactly these nodes
  kIncomplete,     ///< finished before every wanted block had come
  kNotHere,        ///< a paged state needs leaves first that the host has to bring
};

[[nodiscard]] std::string_view to_string(Error error) noexcept;

template <class T>
using Result = std::expected<T, Error>;

}  // namespace substratee::enclave::state
