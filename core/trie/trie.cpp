#include "core/trie/trie.hpp"

#include "core/crypto/hash.hpp"
#include "core/scale/codec.hpp"
#include "core/trie/node.hpp"

namespace substratee::trie {
namespace {

struct Entry {
  Nibbles key;
  ByteView value;
};
using Entries = std::span<const Entry>;
/// The keys to prove, sorted, without those that have left the path of the node at hand.
using Targets = std::span<const Nibbles>;

/// Encodes the trie over a sorted span, bottom-up; notes the nodes on the paths to the targets, if there are any.
/// The depth of recursion is bounded by the size of the longest key.
class Builder {
 public:
  explicit Builder(Layout layout) noexcept : layout_(layout) {}

  [[nodiscard]] Bytes root_node(Entries entries, Targets targets) {
    auto encoded = entries.empty() ? encode_empty() : node(entries, targets, 0);
    if (!targets.empty()) noted_.push_back(encoded);
    return encoded;
  }
  [[nodiscard]] std::vector<Bytes> take_noted() && noexcept { return std::move(noted_); }

 private:
  /// All entries and targets have the same first `depth` nibbles; `entries` is not empty.
  Bytes node(Entries entries, Targets targets, std::size_t depth) {
    const auto first = entries.front().key.from(depth);
    if (entries.size() == 1) {
      note_value(entries.front(), targets);
      return encode_leaf(first, entries.front().value, layout_);
    }
    const auto partial = first.sub(0, first.common_prefix(entries.back().key.from(depth)));
    targets = continue_with(targets, depth, partial);
    depth += partial.size();

    std::optional<ByteView> value;
    if (entries.front().key.size() == depth) {
      note_value(entries.front(), targets);
      value = entries.front().value;
      entries = entries.subspan(1);
    }
    return encode_branch(partial, value, children(entries, targets, depth), layout_);
  }

  /// Every entry is longer than `depth` nibbles.
  References children(Entries entries, Targets targets, std::size_t depth) {
    while (!targets.empty() && targets.front().size() == depth) targets = targets.subspan(1);
    References out;
    while (!entries.empty()) {
      const auto nibble = entries.front().key[depth];
      const auto end =
          std::ranges::partition_point(entries, [&](const Entry& entry) { return entry.key[depth] == nibble; });
      const auto below = entries.first(static_cast<std::size_t>(end - entries.begin()));
      entries = entries.subspan(below.size());
      out[nibble] = child(below, with_nibble(targets, depth, nibble), depth + 1);
    }
    return out;
  }

  Reference child(Entries entries, Targets targets, std::size_t depth) {
    const auto encoded = node(entries, targets, depth);
    if (!targets.empty() && encoded.size() >= Hash256::kSize) noted_.push_back(encoded);
    return Reference(encoded);
  }

  /// A hashed value is a node of its own to whoever reads it.
  void note_value(const Entry& entry, Targets targets) {
    const auto is_entry = [&](const Nibbles& key) {
      return key.size() == entry.key.size() && key.starts_with(entry.key);
    };
    if (is_hashed(entry.value, layout_) && std::ranges::any_of(targets, is_entry))
      noted_.push_back(to_bytes(entry.value));
  }

  static Targets with_nibble(Targets targets, std::size_t depth, std::uint8_t nibble) {
    const auto begin = std::ranges::partition_point(targets, [&](const Nibbles& key) { return key[depth] < nibble; });
    const auto end = std::ranges::partition_point(targets, [&](const Nibbles& key) { return key[depth] <= nibble; });
    return {begin, end};
  }

  /// Sorted keys that share a prefix stand side by side.
  static Targets continue_with(Targets targets, std::size_t depth, const Nibbles& partial) {
    const auto leaves = [&](const Nibbles& key) { return !key.from(depth).starts_with(partial); };
    const auto begin = std::ranges::find_if_not(targets, leaves);
    return {begin, std::find_if(begin, targets.end(), leaves)};
  }

  Layout layout_;
  std::vector<Bytes> noted_;
};

std::vector<Entry> entries_of(const Content& content) {
  std::vector<Entry> entries;
  entries.reserve(content.size());
  for (const auto& [key, value] : content) entries.push_back({Nibbles(key), value});
  return entries;
}

Hash256 root_of(Entries entries, Layout layout) { return crypto::blake2_256(Builder(layout).root_node(entries, {})); }

void sort_unique(std::vector<Bytes>& items) {
  std::ranges::sort(items);
  const auto repeated = std::ranges::unique(items);
  items.erase(repeated.begin(), repeated.end());
}

}  // namespace

Hash256 root(const Content& content, Layout layout) { return root_of(entries_of(content), layout); }

Hash256 ordered_root(std::span<const Bytes> items, Layout layout) {
  std::vector<std::pair<Bytes, ByteView>> sorted;
  sorted.reserve(items.size());
  for (const auto& item : items) {
    sorted.emplace_back(scale::encode(scale::Compact{static_cast<std::uint32_t>(sorted.size())}), item);
  }
  std::ranges::sort(sorted, {}, &std::pair<Bytes, ByteView>::first);
  std::vector<Entry> entries;
  entries.reserve(sorted.size());
  for (const auto& [key, item] : sorted) entries.push_back({Nibbles(key), item});
  return root_of(entries, layout);
}

Hash256 empty_root() { return crypto::blake2_256(encode_empty()); }

std::vector<Bytes> prove(const Content& content, std::span<const Bytes> keys, Layout layout) {
  std::vector<Bytes> sorted(keys.begin(), keys.end());
  sort_unique(sorted);
  const std::vector<Nibbles> targets(sorted.begin(), sorted.end());
  Builder builder(layout);
  static_cast<void>(builder.root_node(entries_of(content), targets));
  auto nodes = std::move(builder).take_noted();
  sort_unique(nodes);
  return nodes;
}

}  // namespace substratee::trie
