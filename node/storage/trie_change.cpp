#include "node/storage/trie_change.hpp"

#include "core/crypto/hash.hpp"

#include <variant>

namespace substratee::node::storage {

namespace {

using trie::Nibbles;
using trie::Reference;

struct Change {
  Nibbles key;
  std::optional<ByteView> value;  ///< nothing: deleted
};
/// Sorted by key, each once.
using Span = std::span<const Change>;

/// A node of the new state that has its number.
struct Link {
  NodeId id = 0;
  Reference reference;
};

/// Half bytes with their own memory.
struct OwnNibbles {
  Bytes packed;
  [[nodiscard]] Nibbles view(std::size_t count) const noexcept {
    return Nibbles(packed).from(packed.size() * 2 - count);
  }
};

/// A node of the new state that may still grow at its front.
struct Draft {
  Nibbles partial;
  OwnNibbles own;  ///< what `partial` looks at, when it is joined
  NodePtr origin;  ///< what `partial` and `value` look at, when they are taken over
  std::optional<ByteView> value;
  std::array<Link, 16> children{};
};
using DraftPtr = std::unique_ptr<Draft>;

/// What stands at a place afterwards: nothing, the node of the old state, or a new one.
using Outcome = std::variant<std::monostate, Link, DraftPtr>;
using Outcomes = std::array<Outcome, 16>;

bool is_nothing(const Outcome& outcome) noexcept { return std::holds_alternative<std::monostate>(outcome); }

/// A node of the old state, of whose partial key the first `skip` half bytes have been walked.
struct Old {
  Link link;
  NodePtr node;
  trie::Node decoded;
  std::size_t skip = 0;
  [[nodiscard]] Nibbles rest() const noexcept { return decoded.partial.from(skip); }
};

/// In byte order before all keys with that prefix.
bool is_before(const Nibbles& key, const Nibbles& prefix) {
  const auto common = key.common_prefix(prefix);
  if (common == prefix.size()) return false;
  return common == key.size() || key[common] < prefix[common];
}

Span with_prefix(Span changes, std::size_t depth, const Nibbles& prefix) {
  if (prefix.empty()) return changes;
  const auto begin = std::ranges::partition_point(
      changes, [&](const Change& change) { return is_before(change.key.from(depth), prefix); });
  const auto end = std::partition_point(
      begin, changes.end(), [&](const Change& change) { return change.key.from(depth).starts_with(prefix); });
  return {begin, end};
}

/// Takes the changes that go on with the same half byte off the front of `changes`, which is not empty.
Span take_group(Span& changes, std::size_t depth) {
  const auto nibble = changes.front().key[depth];
  const auto end =
      std::ranges::partition_point(changes, [&](const Change& change) { return change.key[depth] == nibble; });
  const auto group = changes.first(static_cast<std::size_t>(end - changes.begin()));
  changes = changes.subspan(group.size());
  return group;
}

/// Without the deletions at both ends.
Span between_inserts(Span changes) {
  while (!changes.empty() && !changes.front().value) changes = changes.subspan(1);
  while (!changes.empty() && !changes.back().value) changes = changes.first(changes.size() - 1);
  return changes;
}

/// How far the new keys follow `rest`.
std::size_t followed(const Nibbles& rest, Span changes, std::size_t depth) {
  const auto inserts = between_inserts(changes);
  if (inserts.empty()) return rest.size();
  // The keys are in order, so those that leave `rest` first stand at an end.
  return std::min(rest.common_prefix(inserts.front().key.from(depth)),
                  rest.common_prefix(inserts.back().key.from(depth)));
}

OwnNibbles join(const Nibbles& front, std::uint8_t nibble, const Nibbles& back) {
  const auto count = front.size() + 1 + back.size();
  OwnNibbles out{Bytes((count + 1) / 2)};
  auto at = count % 2;
  const auto add = [&](std::uint8_t half) {
    out.packed[at / 2] |= static_cast<std::uint8_t>(at % 2 == 0 ? half << 4 : half);
    ++at;
  };
  for (std::size_t i = 0; i < front.size(); ++i) add(front[i]);
  add(nibble);
  for (std::size_t i = 0; i < back.size(); ++i) add(back[i]);
  return out;
}

/// The depth of recursion is bounded by the size of the longest key.
class Changer {
 public:
  Changer(const NodeSource& nodes, NodeId next_id) noexcept : nodes_(nodes), next_id_(next_id) {}

  TrieChange run(const TrieRoot& from, Span changes) && {
    TrieChange out;
    auto outcome = from.id == 0 ? build(changes, 0) : change(load(from), changes, 0);
    if (const auto* same = std::get_if<Link>(&outcome)) {
      out.root = {same->id, from.hash};
    } else if (!is_nothing(outcome)) {
      out.root.id = finish(outcome).id;
      out.root.hash = crypto::blake2_256(born_.back().second->encoding());
    }
    out.born = std::move(born_);
    out.died = std::move(died_);
    return out;
  }

 private:
  [[nodiscard]] Old load(const TrieRoot& root) const {
    return load({root.id, Reference::from_branch(root.hash.bytes)});
  }
  [[nodiscard]] Old load(const Link& link) const {
    auto node = nodes_.load(link.id, link.reference.view());
    const auto decoded = node->decoded();
    return {link, std::move(node), decoded, 0};
  }

  /// All changes have the same first `depth` half bytes.
  Outcome change(const Old& old, Span changes, std::size_t depth) {
    if (changes.empty()) return shorten(old);
    const auto rest = old.rest();
    const auto common = followed(rest, changes, depth);
    return common < rest.size() ? split(old, changes, depth, common) : change_node(old, changes, depth);
  }

  /// The node without what has been walked of it.
  Outcome shorten(const Old& old) {
    if (old.skip == 0) return old.link;
    died_.push_back(old.link.id);
    return draft_of(old, old.rest());
  }

  /// Where nothing was.
  Outcome build(Span changes, std::size_t depth) {
    changes = between_inserts(changes);
    if (changes.empty()) return {};
    auto draft = std::make_unique<Draft>();
    const auto first = changes.front().key.from(depth);
    draft->partial = first;
    if (changes.size() == 1) {
      draft->value = changes.front().value;
      return draft;
    }
    draft->partial = first.sub(0, first.common_prefix(changes.back().key.from(depth)));
    depth += draft->partial.size();
    draft->value = take_value(changes, depth).value_or(std::nullopt);
    while (!changes.empty()) {
      const auto nibble = changes.front().key[depth];
      auto child = build(take_group(changes, depth), depth + 1);
      if (!is_nothing(child)) draft->children[nibble] = finish(child);
    }
    return draft;
  }

  /// New keys leave the old node's partial key after `common` half bytes: a branch comes in between.
  Outcome split(Old old, Span changes, std::size_t depth, std::size_t common) {
    const auto rest = old.rest();
    const auto partial = rest.sub(0, common);
    const auto old_nibble = rest[common];
    old.skip += common + 1;
    changes = with_prefix(changes, depth, partial);
    depth += common;
    const auto value = take_value(changes, depth).value_or(std::nullopt);
    Outcomes children;
    Span below_old;
    while (!changes.empty()) {
      const auto nibble = changes.front().key[depth];
      const auto group = take_group(changes, depth);
      if (nibble == old_nibble) {
        below_old = group;
      } else {
        children[nibble] = build(group, depth + 1);
      }
    }
    children[old_nibble] = change(old, below_old, depth + 1);
    return assemble(partial, old.node, value, children);
  }

  /// All new keys begin with the old node's: its value and children change.
  Outcome change_node(const Old& old, Span changes, std::size_t depth) {
    const auto partial = old.rest();
    changes = with_prefix(changes, depth, partial);
    depth += partial.size();
    const auto old_value = old.node->value(old.decoded);
    const auto value = take_value(changes, depth).value_or(old_value);
    bool is_same = old.skip == 0 && value.has_value() == old_value.has_value() &&
                   (!value || std::ranges::equal(*value, *old_value));
    auto children = children_of(old);
    while (!changes.empty()) {
      const auto nibble = changes.front().key[depth];
      auto& child = children[nibble];
      const auto group = take_group(changes, depth);
      auto after = is_nothing(child) ? build(group, depth + 1) : change(load(std::get<Link>(child)), group, depth + 1);
      is_same = is_same && (is_nothing(after) ? is_nothing(child) : std::holds_alternative<Link>(after));
      child = std::move(after);
    }
    if (is_same) return old.link;
    died_.push_back(old.link.id);
    return assemble(partial, old.node, value, children);
  }

  /// The canonical node with that content: two children, or a value and one child, at least, or a leaf.
  Outcome assemble(const Nibbles& partial, const NodePtr& origin, const std::optional<ByteView>& value,
                   Outcomes& children) {
    const auto count = 16 - std::ranges::count_if(children, is_nothing);
    if (count == 0 && !value) return {};
    if (count == 1 && !value) {
      const auto only = std::ranges::find_if_not(children, is_nothing);
      return merge(partial, static_cast<std::uint8_t>(only - children.begin()), *only);
    }
    auto draft = std::make_unique<Draft>();
    draft->partial = partial;
    draft->origin = origin;
    draft->value = value;
    for (std::size_t i = 0; i < children.size(); ++i) {
      if (!is_nothing(children[i])) draft->children[i] = finish(children[i]);
    }
    return draft;
  }

  /// A node with one child and nothing else is that child with a longer partial key.
  Outcome merge(const Nibbles& front, std::uint8_t nibble, Outcome& child) {
    if (const auto* link = std::get_if<Link>(&child)) {
      const auto old = load(*link);
      died_.push_back(link->id);
      child = draft_of(old, old.rest());
    }
    auto draft = std::get<DraftPtr>(std::move(child));
    const auto count = front.size() + 1 + draft->partial.size();
    draft->own = join(front, nibble, draft->partial);
    draft->partial = draft->own.view(count);
    return draft;
  }

  DraftPtr draft_of(const Old& old, const Nibbles& partial) const {
    auto draft = std::make_unique<Draft>();
    draft->partial = partial;
    draft->origin = old.node;
    draft->value = old.node->value(old.decoded);
    const auto children = children_of(old);
    for (std::size_t i = 0; i < children.size(); ++i) {
      if (const auto* link = std::get_if<Link>(&children[i])) draft->children[i] = *link;
    }
    return draft;
  }

  [[nodiscard]] static Outcomes children_of(const Old& old) {
    Outcomes out;
    for (std::uint8_t i = 0; i < 16; ++i) {
      const auto reference = old.decoded.children[i];
      if (!reference.empty()) out[i] = Link{old.node->child(old.decoded, i), Reference::from_branch(reference)};
    }
    return out;
  }

  /// The change of the key that ends at `depth`, taken off the front. Nothing: the value stays.
  static std::optional<std::optional<ByteView>> take_value(Span& changes, std::size_t depth) {
    if (changes.empty() || changes.front().key.size() != depth) return std::nullopt;
    const auto value = changes.front().value;
    changes = changes.subspan(1);
    return value;
  }

  /// Encoded, hashed and numbered.
  Link finish(const Outcome& outcome) {
    if (const auto* link = std::get_if<Link>(&outcome)) return *link;
    const auto& draft = *std::get<DraftPtr>(outcome);
    std::vector<NodeId> ids;
    trie::References references;
    for (std::size_t i = 0; i < draft.children.size(); ++i) {
      if (draft.children[i].id == 0) continue;
      ids.push_back(draft.children[i].id);
      references[i] = draft.children[i].reference;
    }
    constexpr auto kLayout = trie::Layout::kV1;
    const auto encoding = ids.empty() ? trie::encode_leaf(draft.partial, *draft.value, kLayout)
                                      : trie::encode_branch(draft.partial, draft.value, references, kLayout);
    const bool is_hashed = draft.value && trie::is_hashed(*draft.value, kLayout);
    born_.emplace_back(next_id_, TrieNode::make(encoding, ids, is_hashed ? draft.value : std::nullopt));
    return {next_id_++, Reference(encoding)};
  }

  const NodeSource& nodes_;
  NodeId next_id_;
  std::vector<std::pair<NodeId, NodePtr>> born_;
  std::vector<NodeId> died_;
};

}  // namespace

TrieChange change_trie(const NodeSource& nodes, const TrieRoot& from, const Changes& changes, NodeId next_id) {
  std::vector<Change> sorted;
  sorted.reserve(changes.size());
  for (const auto& [key, value] : changes) {
    sorted.push_back({Nibbles(key), value ? std::optional(ByteView(*value)) : std::nullopt});
  }
  return Changer(nodes, next_id).run(from, sorted);
}

}  // namespace substratee::node::storage
