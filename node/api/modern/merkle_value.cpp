#include "node/api/modern/merkle_value.hpp"

#include "core/crypto/hash.hpp"
#include "core/trie/node.hpp"

#include <set>

namespace substratee::node::api {

namespace {

/// The proof's nodes by hash.
using Nodes = std::map<Hash256, Bytes>;

/// The encoded node behind a reference: itself, or the node of that hash.
std::optional<Bytes> node_of(const Nodes& nodes, ByteView reference) {
  if (reference.size() < Hash256::kSize) return to_bytes(reference);
  const auto found = nodes.find(*Hash256::from(reference));
  if (found == nodes.end()) return std::nullopt;
  return found->second;
}

/// The root is the one node that no other names.
std::optional<Hash256> root_of(const Nodes& nodes) {
  std::set<Hash256> named;
  const auto name_children = [&named](const auto& self, ByteView encoded) -> void {
    const auto node = trie::decode_node(encoded);
    if (!node) return;
    for (const auto child : node->children) {
      if (child.size() == Hash256::kSize) named.insert(*Hash256::from(child));
      if (!child.empty() && child.size() < Hash256::kSize) self(self, child);
    }
  };
  for (const auto& [hash, encoded] : nodes) name_children(name_children, encoded);
  for (const auto& [hash, encoded] : nodes) {
    if (!named.contains(hash)) return hash;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Bytes> closest_merkle_value(const storage::Snapshot& state, ByteView prefix) {
  const Bytes key = to_bytes(prefix);
  Nodes nodes;
  for (auto& encoded : state.prove({&key, 1})) {
    const auto hash = crypto::blake2_256(encoded);
    nodes.emplace(hash, std::move(encoded));
  }
  const auto root = root_of(nodes);
  if (!root) return std::nullopt;
  Bytes reference = to_bytes(ByteView(*root));
  trie::Nibbles left(key);
  while (true) {
    const auto encoded = node_of(nodes, reference);
    const auto node = encoded ? trie::decode_node(*encoded) : std::unexpected(trie::Error::kMissingNode);
    if (!node || node->is_empty) return std::nullopt;
    const auto common = node->partial.common_prefix(left);
    if (common == left.size()) return reference;
    if (common < node->partial.size()) return std::nullopt;
    const auto child = node->children[left[common]];
    if (child.empty()) return std::nullopt;
    reference = to_bytes(child);
    left = left.from(common + 1);
  }
}

}  // namespace substratee::node::api
