#include "core/crypto/hash.hpp"
#include "core/trie/node.hpp"

namespace substratee::trie {
namespace {

using Nodes = std::map<Hash256, Bytes>;

Result<ByteView> find(const Nodes& nodes, const Hash256& hash) noexcept {
  const auto found = nodes.find(hash);
  if (found == nodes.end()) return std::unexpected(Error::kMissingNode);
  return found->second;
}

/// The child's encoding: in the branch itself, or behind its hash. What fits into the branch has no hash.
Result<ByteView> resolve(const Nodes& nodes, ByteView reference) noexcept {
  const auto hash = Hash256::from(reference);
  if (!hash) return reference;
  const auto encoded = SUBSTRATEE_TRY(find(nodes, *hash));
  if (encoded.size() < Hash256::kSize) return std::unexpected(Error::kBadNode);
  return encoded;
}

Result<std::optional<Bytes>> value_of(const Nodes& nodes, const Node& node) {
  if (!node.value) return std::nullopt;
  if (!node.is_value_hashed) return to_bytes(*node.value);
  const auto value = SUBSTRATEE_TRY(find(nodes, *Hash256::from(*node.value)));
  if (!is_hashed(value, Layout::kV1)) return std::unexpected(Error::kBadNode);
  return to_bytes(value);
}

}  // namespace

std::string_view to_string(Error error) noexcept {
  switch (error) {
    case Error::kMissingNode: return "the proof lacks a node on the path of the key";
    case Error::kBadNode: return "a node of the proof is not a canonical trie node";
    case Error::kTooManyNodes: return "the proof has more nodes or bytes than allowed";
  }
  return "unknown error";
}

Result<ReadProof> ReadProof::from(Hash256 root, std::vector<Bytes> nodes, std::size_t max_nodes,
                                  std::size_t max_bytes) {
  if (nodes.size() > max_nodes) return std::unexpected(Error::kTooManyNodes);
  std::size_t left = max_bytes;
  for (const auto& node : nodes) {
    if (node.size() > left) return std::unexpected(Error::kTooManyNodes);
    left -= node.size();
  }
  ReadProof proof;
  proof.root_ = root;
  for (auto& node : nodes) {
    const auto hash = crypto::blake2_256(node);
    proof.nodes_.try_emplace(hash, std::move(node));
  }
  return proof;
}

Result<std::optional<Bytes>> ReadProof::get(ByteView key) const {
  if (root_ == empty_root()) return std::nullopt;
  auto encoded = SUBSTRATEE_TRY(find(nodes_, root_));
  // Each round but the last goes down by a nibble of the key at least.
  for (auto rest = Nibbles(key);;) {
    const auto node = SUBSTRATEE_TRY(decode_node(encoded));
    if (node.is_empty) return std::unexpected(Error::kBadNode);
    if (!rest.starts_with(node.partial)) return std::nullopt;
    rest = rest.from(node.partial.size());
    if (rest.empty()) return value_of(nodes_, node);
    const auto child = node.children[rest[0]];
    if (child.empty()) return std::nullopt;
    encoded = SUBSTRATEE_TRY(resolve(nodes_, child));
    rest = rest.from(1);
  }
}

}  // namespace substratee::trie
