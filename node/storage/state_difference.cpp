#include "node/storage/state_difference.hpp"

#include "node/storage/path.hpp"

namespace substratee::node::storage {

namespace {

using trie::Nibbles;

/// A place in one trie: a node, and how much of its partial key lies above the place.
struct Place {
  NodePtr node;
  trie::Node decoded;
  std::size_t used = 0;

  [[nodiscard]] Nibbles rest() const noexcept { return decoded.partial.from(used); }
  [[nodiscard]] bool is_at_node() const noexcept { return used == decoded.partial.size(); }
};
using Side = std::optional<Place>;  ///< nothing: this trie has no key here

Side load(const NodeSource& nodes, NodeId id, ByteView reference) {
  auto node = nodes.load(id, reference);
  const auto decoded = node->decoded();
  return Place{std::move(node), decoded};
}

Side top(const StateTrie& state) {
  const auto& root = state.root();
  return root.id == 0 ? std::nullopt : load(state.nodes(), root.id, root.hash.bytes);
}

Side moved(const Side& side, std::size_t nibbles) {
  if (!side) return std::nullopt;
  return Place{side->node, side->decoded, side->used + nibbles};
}

std::optional<ByteView> value_at(const Side& side) {
  return side && side->is_at_node() ? side->node->value(side->decoded) : std::nullopt;
}

Side child_at(const NodeSource& nodes, const Side& side, std::uint8_t nibble) {
  if (!side) return std::nullopt;
  if (!side->is_at_node()) return side->rest()[0] == nibble ? moved(side, 1) : std::nullopt;
  const auto reference = side->decoded.children[nibble];
  if (reference.empty()) return std::nullopt;
  return load(nodes, side->node->child(side->decoded, nibble), reference);
}

/// Whether both tries have the same below this half byte, told without reading it.
bool is_child_equal(const Side& one, const Side& other, std::uint8_t nibble) {
  if (!one || !other || !one->is_at_node() || !other->is_at_node()) return false;
  return std::ranges::equal(one->decoded.children[nibble], other->decoded.children[nibble]);
}

bool is_equal(const std::optional<ByteView>& one, const std::optional<ByteView>& other) {
  return one.has_value() == other.has_value() && (!one || std::ranges::equal(*one, *other));
}

class Walk {
 public:
  Walk(const StateTrie& before, const StateTrie& after, ByteView prefix, const DifferenceVisitor& visitor)
      : before_(before.nodes()), after_(after.nodes()), prefix_(prefix), visitor_(visitor) {}

  /// Both sides at path_. False: the visitor wants no more.
  bool go(const Side& before, const Side& after) {
    if (!before && !after) return true;
    const auto size = path_.size();
    const auto common = descend(before, after);
    const bool goes_on = !is_wanted() || here(moved(before, common), moved(after, common));
    path_.cut(size);
    return goes_on;
  }

 private:
  /// To where the two part, or a node ends.
  std::size_t descend(const Side& before, const Side& after) {
    const auto way = before ? before->rest() : after->rest();
    const auto common = before && after ? way.common_prefix(after->rest()) : way.size();
    path_.append(way.sub(0, common));
    return common;
  }

  [[nodiscard]] bool is_wanted() const {
    for (std::size_t i = 0; i < std::min(path_.size(), prefix_.size()); ++i) {
      if (path_[i] != prefix_[i]) return false;
    }
    return true;
  }

  bool here(const Side& before, const Side& after) {
    const auto old_value = value_at(before);
    const auto new_value = value_at(after);
    if (path_.size() >= prefix_.size() && !is_equal(old_value, new_value) &&
        !visitor_(path_.key(), old_value, new_value)) {
      return false;
    }
    for (std::uint8_t nibble = 0; nibble < 16; ++nibble) {
      if (path_.size() < prefix_.size() && prefix_[path_.size()] != nibble) continue;
      if (is_child_equal(before, after, nibble)) continue;
      const auto size = path_.size();
      path_.append(nibble);
      const bool goes_on = go(child_at(before_, before, nibble), child_at(after_, after, nibble));
      path_.cut(size);
      if (!goes_on) return false;
    }
    return true;
  }

  const NodeSource& before_;
  const NodeSource& after_;
  const Nibbles prefix_;
  const DifferenceVisitor& visitor_;
  Path path_;
};

}  // namespace

bool each_difference(const StateTrie& before, const StateTrie& after, ByteView prefix,
                     const DifferenceVisitor& visitor) {
  if (before.root().hash == after.root().hash) return true;
  return Walk(before, after, prefix, visitor).go(top(before), top(after));
}

}  // namespace substratee::node::storage
