#pragma once

/// The keys that a node may hold, as its parent tells: from its own first key to the first key of what follows it.

#include "core/base/bytes.hpp"
#include "enclave/state/nodes.hpp"

#include <algorithm>
#include <optional>

namespace substratee::enclave::state {

struct KeyRange {
  std::optional<Bytes> first;  ///< exactly; nothing: any
  std::optional<Bytes> end;    ///< below; nothing: no bound

  /// Whether the entries, at least one, ascend strictly, from `first` exactly, all below `end`.
  template <class Entries, class KeyOf>
  [[nodiscard]] bool holds(const Entries& entries, KeyOf key_of) const {
    if (first && !std::ranges::equal(key_of(entries.front()), *first)) return false;
    for (std::size_t i = 1; i < entries.size(); ++i) {
      if (!KeyLess{}(key_of(entries[i - 1]), key_of(entries[i]))) return false;
    }
    return !end || KeyLess{}(key_of(entries.back()), *end);
  }
};

}  // namespace substratee::enclave::state
