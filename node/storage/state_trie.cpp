#include "node/storage/state_trie.hpp"

#include "node/storage/path.hpp"

#include <set>

namespace substratee::node::storage {

namespace {

using trie::Nibbles;

/// A node, decoded, and how its parent names it.
struct Visited {
  Visited(NodePtr loaded, ByteView named)
      : node(std::move(loaded)), decoded(node->decoded()), reference(to_bytes(named)) {}
  NodePtr node;
  trie::Node decoded;
  Bytes reference;
};

Visited visit(const NodeSource& nodes, const TrieRoot& root) {
  return {nodes.load(root.id, root.hash.bytes), root.hash.bytes};
}

std::optional<Visited> visit_child(const NodeSource& nodes, const Visited& parent, std::uint8_t nibble) {
  const auto reference = parent.decoded.children[nibble];
  if (reference.empty()) return std::nullopt;
  return Visited(nodes.load(parent.node->child(parent.decoded, nibble), reference), reference);
}

/// Calls `see(node, rest of the key after the node's partial key or nothing if they part)` for each node on the way.
template <class See>
void walk(const NodeSource& nodes, const TrieRoot& root, ByteView key, See see) {
  if (root.id == 0) return;
  Nibbles rest(key);
  std::optional<Visited> at = visit(nodes, root);
  while (at) {
    const auto& partial = at->decoded.partial;
    if (!rest.starts_with(partial)) return see(*at, std::optional<Nibbles>{}, rest);
    const auto before = rest;
    rest = rest.from(partial.size());
    see(*at, std::optional(rest), before);
    if (rest.empty()) return;
    at = visit_child(nodes, *at, rest[0]);
    rest = rest.from(1);
  }
}

using Entry = std::pair<Bytes, Bytes>;

/// Finds the entry that follows a key.
class Successor {
 public:
  explicit Successor(const NodeSource& nodes) noexcept : nodes_(nodes) {}

  /// First entry at or below `at` whose key is greater than path ‖ `target`.
  std::optional<Entry> after(const Visited& at, const Nibbles& target) {
    const auto& partial = at.decoded.partial;
    const auto common = partial.common_prefix(target);
    if (common == target.size() && common < partial.size()) return first(at);
    if (common < partial.size()) return partial[common] > target[common] ? first(at) : std::nullopt;
    path_.append(partial);
    if (common == target.size()) return first_child(at, 0);
    const auto nibble = target[common];
    if (const auto child = visit_child(nodes_, at, nibble)) {
      const auto size = path_.size();
      path_.append(nibble);
      if (auto found = after(*child, target.from(common + 1))) return found;
      path_.cut(size);
    }
    return first_child(at, nibble + 1u);
  }

 private:
  std::optional<Entry> first(const Visited& at) {
    path_.append(at.decoded.partial);
    if (const auto value = at.node->value(at.decoded)) return Entry(path_.key(), to_bytes(*value));
    return first_child(at, 0);
  }

  /// Every child holds an entry, so the first one that exists will do.
  std::optional<Entry> first_child(const Visited& at, unsigned from) {
    for (auto nibble = from; nibble < 16; ++nibble) {
      const auto child = visit_child(nodes_, at, static_cast<std::uint8_t>(nibble));
      if (!child) continue;
      path_.append(static_cast<std::uint8_t>(nibble));
      return first(*child);
    }
    return std::nullopt;
  }

  const NodeSource& nodes_;
  Path path_;
};

}  // namespace

std::optional<Bytes> StateTrie::get(ByteView key) const {
  std::optional<Bytes> out;
  walk(*nodes_, root_, key, [&](const Visited& at, const std::optional<Nibbles>& rest, const Nibbles&) {
    if (!rest || !rest->empty()) return;
    if (const auto value = at.node->value(at.decoded)) out = to_bytes(*value);
  });
  return out;
}

std::optional<std::pair<Bytes, Bytes>> StateTrie::next(ByteView key) const {
  if (root_.id == 0) return std::nullopt;
  return Successor(*nodes_).after(visit(*nodes_, root_), Nibbles(key));
}

std::vector<Bytes> StateTrie::prove(std::span<const Bytes> keys) const {
  std::set<Bytes> noted;
  if (root_.id == 0 && !keys.empty()) noted.insert(trie::encode_empty());
  for (const auto& key : keys) {
    bool is_root = true;
    walk(*nodes_, root_, key, [&](const Visited& at, const std::optional<Nibbles>& rest, const Nibbles&) {
      const auto encoding = at.node->encoding();
      // A short node stands in its parent.
      if (is_root || encoding.size() >= Hash256::kSize) noted.insert(to_bytes(encoding));
      is_root = false;
      const bool is_there = rest && rest->empty();
      if (is_there && at.decoded.is_value_hashed) noted.insert(to_bytes(*at.node->value(at.decoded)));
    });
  }
  return {noted.begin(), noted.end()};
}

std::optional<Bytes> StateTrie::closest_merkle_value(ByteView prefix) const {
  std::optional<Bytes> out;
  walk(*nodes_, root_, prefix, [&](const Visited& at, const std::optional<Nibbles>& rest, const Nibbles& before) {
    const bool is_here = rest ? rest->empty() : at.decoded.partial.starts_with(before);
    if (is_here) out = at.reference;
  });
  return out;
}

}  // namespace substratee::node::storage
