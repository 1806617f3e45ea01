#pragma once

/// The Merkle value of a place in the state's trie.

#include "node/storage/chain_store.hpp"

namespace substratee::node::api {

/// How the trie names its topmost node whose key begins with `prefix`: a hash, or a node shorter than one. Equal values
/// mean equal states below the prefix. Nothing if no key begins with it.
[[nodiscard]] std::optional<Bytes> closest_merkle_value(const storage::Snapshot& state, ByteView prefix);

}  // namespace substratee::node::api
