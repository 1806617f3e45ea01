#pragma once

/// What is known of the nodes of one root: enough to refer to them again. Inside the enclave only.

#include "core/base/bytes.hpp"
#include "core/crypto/secret.hpp"
#include "enclave/state/key_ring.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <vector>

namespace substratee::enclave::state {

/// Byte order, over views too.
struct KeyLess {
  using is_transparent = void;
  bool operator()(ByteView a, ByteView b) const noexcept { return std::ranges::lexicographical_compare(a, b); }
};

/// A digest is as good a hash as any.
struct DigestHash {
  std::size_t operator()(const Hash256& digest) const noexcept {
    std::size_t out = 0;
    std::memcpy(&out, digest.bytes.data(), sizeof out);
    return out;
  }
};

using Records = std::map<Bytes, crypto::WipedBytes, KeyLess>;

/// A leaf, an index page or a piece of a large value. Its CID is the CIDv1 of a raw block with this digest.
struct NodeRef {
  Hash256 digest;
  Writer writer;
  Hash256 plaintext;  ///< SHA-256 of the plaintext: decides whether a node is carried over
  friend bool operator==(const NodeRef&, const NodeRef&) = default;
};

/// Nodes of one level by the key of their first entry; the empty key for the one page of an empty state.
using Level = std::map<Bytes, NodeRef, KeyLess>;

/// The pieces of each value that is too large for a leaf, by its record's key.
using Pieces = std::map<Bytes, std::vector<NodeRef>, KeyLess>;

struct Nodes {
  Level leaves;              ///< padding leaves too
  std::vector<Level> pages;  ///< from level 1 up to the top
  Pieces pieces;
  std::uint64_t piece_count = 0;  ///< of all values
};

}  // namespace substratee::enclave::state
