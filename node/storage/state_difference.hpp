#pragma once

/// What differs between two states, read from their tries side by side.

#include "node/storage/state_trie.hpp"

#include <functional>

namespace substratee::node::storage {

/// The value in the one state and in the other, of which one may be absent; views for the time of the call. False: no
/// more of them.
using DifferenceVisitor =
    std::function<bool(const Bytes& key, std::optional<ByteView> before, std::optional<ByteView> after)>;

/// Entries whose key begins with `prefix`, in the order of their keys. Subtrees that both states have are passed over:
/// the cost is in proportion to what differs. False if the visitor wanted no more. Throws Unreadable.
bool each_difference(const StateTrie& before, const StateTrie& after, ByteView prefix,
                     const DifferenceVisitor& visitor);

}  // namespace substratee::node::storage
