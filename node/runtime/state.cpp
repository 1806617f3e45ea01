#include "node/runtime/state.hpp"

namespace substratee::node::runtime {

std::optional<Bytes> MemoryState::get(ByteView key) const {
  const auto found = content_.find(to_bytes(key));
  if (found == content_.end()) return std::nullopt;
  return found->second;
}

std::optional<std::pair<Bytes, Bytes>> MemoryState::next(ByteView key) const {
  const auto found = content_.upper_bound(to_bytes(key));
  if (found == content_.end()) return std::nullopt;
  return *found;
}

void MemoryState::apply(const Changes& changes) {
  for (const auto& [key, value] : changes) {
    if (value) {
      content_[key] = *value;
    } else {
      content_.erase(key);
    }
  }
}

}  // namespace substratee::node::runtime
