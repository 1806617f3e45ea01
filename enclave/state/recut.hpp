#pragma once

/// Cutting an ordered sequence into nodes again after some entries changed: from the node that a change can reach up to
/// where the old cuts come back, so that it costs O(changes · log n).

#include <algorithm>
#include <iterator>
#include <span>
#include <vector>

namespace substratee::enclave::state {

/// `below`: the sequence as it is now; `nodes`: cut from it as it was, by the key of their first entry; both ordered
/// maps. What stands in `nodes` from `nodes_end` on is another matter, and above all keys. `changed`: keys of entries
/// that were put, changed or erased, ascending. `end_of(first)`: where the node ends that begins there; it may rest on
/// the node's entries and the one behind them. `make(old, first, end)`: the node; `old` is the one that began with the
/// same key, or nullptr. Gives the keys of nodes that were put, changed or erased, ascending.
template <class Below, class Nodes, class EndOf, class Make>
std::vector<typename Nodes::key_type> recut(const Below& below, Nodes& nodes, typename Nodes::iterator nodes_end,
                                            std::span<const typename Nodes::key_type> changed, EndOf end_of,
                                            Make make) {
  std::vector<typename Nodes::key_type> out;
  const auto is_less = nodes.key_comp();
  auto change = changed.begin();
  while (change != changed.end()) {
    // If the change is a node's first entry, the node before may have ended only because that entry did not fit.
    auto node = nodes.lower_bound(*change);
    if (node != nodes.begin()) --node;
    auto entry = node == nodes.begin() ? below.begin() : below.lower_bound(node->first);
    for (bool is_first = true; entry != below.end(); is_first = false) {
      for (; node != nodes_end && is_less(node->first, entry->first); node = nodes.erase(node)) {
        out.push_back(node->first);
      }
      change = std::find_if(change, changed.end(), [&](const auto& key) { return !is_less(key, entry->first); });
      const bool is_old = node != nodes_end && !is_less(entry->first, node->first);
      if (!is_first && is_old && (change == changed.end() || is_less(entry->first, *change))) break;
      const auto end = end_of(entry);
      auto made = make(is_old ? &node->second : nullptr, entry, end);
      if (!is_old) {
        node = nodes.emplace_hint(node, entry->first, std::move(made));
        out.push_back(node->first);
      } else if (!(node->second == made)) {
        node->second = std::move(made);
        out.push_back(node->first);
      }
      ++node;
      entry = end;
    }
    if (entry != below.end()) continue;
    for (; node != nodes_end; node = nodes.erase(node)) out.push_back(node->first);
    break;
  }
  return out;
}

}  // namespace substratee::enclave::state
