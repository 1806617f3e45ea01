#pragma once

/// Cutting an ordered sequence into nodes again after some entries changed: from the node that a change can reach up to
/// where the old cuts come back, so that it costs O(changes · log n).

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>
#include <vector>

namespace substratee::enclave::state {

/// An entry that was put, changed or erased.
template <class Key>
struct Changed {
  Key key;
  /// False: it was replaced under its key by one of the same size, so that every node ends where it ended.
  bool moves = true;
};

/// The changes that stand in [first, end of the changes or `next`'s key), if none of them, nor one of `next` itself,
/// moves a cut: their end. Nothing otherwise.
template <class Changes, class Next, class IsLess>
std::optional<typename Changes::iterator> end_of_unmoved(typename Changes::iterator first, const Changes& changes,
                                                         const Next* next, IsLess is_less) {
  for (; first != changes.end(); ++first) {
    if (next != nullptr && is_less(next->first, first->key)) break;
    if (first->moves) return std::nullopt;
    if (next != nullptr && !is_less(first->key, next->first)) break;
  }
  return first;
}

/// `below`: the sequence as it is now; `nodes`: cut from it as it was, by the key of their first entry; both ordered
/// maps. `changed`: what has changed in `below`, ascending.
/// `end_of(first)`: where the node ends that begins there; it may rest on the node's entries and the one behind them.
/// `make(old, first, end)`: the node; `old` is the one that began with the same key, or nullptr.
/// Gives what has changed in `nodes`, ascending.
template <class Below, class Nodes, class EndOf, class Make>
std::vector<Changed<typename Nodes::key_type>> recut(const Below& below, Nodes& nodes,
                                                     std::span<const Changed<typename Nodes::key_type>> changed,
                                                     EndOf end_of, Make make) {
  std::vector<Changed<typename Nodes::key_type>> out;
  const auto is_less = nodes.key_comp();
  const auto write = [&](auto node, auto first, auto end) {
    auto made = make(&node->second, first, end);
    if (node->second == made) return;
    node->second = std::move(made);
    out.push_back({node->first, false});
  };
  auto change = changed.begin();
  while (change != changed.end()) {
    auto node = change->moves ? nodes.lower_bound(change->key) : nodes.upper_bound(change->key);
    // If a moving change is a node's first entry, the node before may have ended only because that entry did not fit.
    if (node != nodes.begin()) --node;
    auto entry = node == nodes.begin() ? below.begin() : below.lower_bound(node->first);
    if (node != nodes.end()) {
      const auto next = std::next(node);
      if (const auto last = end_of_unmoved(change, changed, next == nodes.end() ? nullptr : &*next, is_less)) {
        write(node, entry, next == nodes.end() ? below.end() : below.find(next->first));
        change = *last;
        continue;
      }
    }
    for (bool is_first = true; entry != below.end(); is_first = false) {
      for (; node != nodes.end() && is_less(node->first, entry->first); node = nodes.erase(node)) {
        out.push_back({node->first, true});
      }
      change = std::find_if(change, changed.end(), [&](const auto& one) { return !is_less(one.key, entry->first); });
      const bool is_old = node != nodes.end() && !is_less(entry->first, node->first);
      if (!is_first && is_old && (change == changed.end() || is_less(entry->first, change->key))) break;
      const auto end = end_of(entry);
      if (is_old) {
        write(node, entry, end);
      } else {
        node = nodes.emplace_hint(node, entry->first, make(nullptr, entry, end));
        out.push_back({node->first, true});
      }
      ++node;
      entry = end;
    }
    if (entry != below.end()) continue;
    for (; node != nodes.end(); node = nodes.erase(node)) out.push_back({node->first, true});
    break;
  }
  return out;
}

}  // namespace substratee::enclave::state
