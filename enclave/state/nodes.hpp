#pragma once

/// What is known of the nodes of one root: enough to refer to them again. Inside the enclave only.

#include "core/base/bytes.hpp"
#include "core/crypto/secret.hpp"
#include "enclave/state/key_ring.hpp"

#include <map>
#include <set>
#include <vector>

namespace substratee::enclave::state {

/// Byte order, over views too.
struct KeyLess {
  using is_transparent = void;
  bool operator()(ByteView a, ByteView b) const noexcept { return std::ranges::lexicographical_compare(a, b); }
};

using Records = std::map<Bytes, crypto::WipedBytes, KeyLess>;

/// A leaf or an index page. Its CID is the CIDv1 of a raw block with this digest.
struct NodeRef {
  Bytes first_key;  ///< empty for the one page of an empty state
  Hash256 digest;
  Writer writer;
  Hash256 plaintext;  ///< SHA-256 of the plaintext: decides whether a node is carried over
};

struct Nodes {
  std::vector<NodeRef> leaves;              ///< in key order
  std::vector<std::vector<NodeRef>> pages;  ///< from level 1 up to the top, each in key order
  std::set<Hash256> outer;                  ///< digests of the dag-pb nodes of the public tree
};

}  // namespace substratee::enclave::state
