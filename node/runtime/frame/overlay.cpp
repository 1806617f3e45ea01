#include "node/runtime/frame/overlay.hpp"

namespace substratee::node::runtime {

std::optional<Bytes> Overlay::get(ByteView key) const {
  const auto found = changes_.find(to_bytes(key));
  return found == changes_.end() ? base_->get(key) : found->second;
}

std::optional<std::pair<Bytes, Bytes>> Overlay::next(ByteView key) const {
  auto changed = changes_.upper_bound(to_bytes(key));
  auto below = base_->next(key);
  while (below) {
    if (changed != changes_.end() && changed->first <= below->first) {
      if (changed->second) return std::pair{changed->first, *changed->second};
      if (changed->first == below->first) below = base_->next(below->first);
      ++changed;
      continue;
    }
    return below;
  }
  while (changed != changes_.end() && !changed->second) ++changed;
  if (changed == changes_.end()) return std::nullopt;
  return std::pair{changed->first, *changed->second};
}

void Overlay::put(Bytes key, Bytes value) { change(std::move(key), std::move(value)); }
void Overlay::erase(Bytes key) { change(std::move(key), std::nullopt); }

void Overlay::change(Bytes key, std::optional<Bytes> value) {
  const auto [entry, is_new] = changes_.try_emplace(key);
  std::optional<std::optional<Bytes>> before;
  if (!is_new) before = std::move(entry->second);
  undo_.push_back({std::move(key), std::move(before)});
  entry->second = std::move(value);
}

void Overlay::roll_back(Checkpoint checkpoint) {
  while (undo_.size() > checkpoint) {
    auto& last = undo_.back();
    if (last.before) {
      changes_[last.key] = *std::move(last.before);
    } else {
      changes_.erase(last.key);
    }
    undo_.pop_back();
  }
}

Changes Overlay::take() && {
  std::erase_if(changes_, [this](const auto& change) { return base_->get(change.first) == change.second; });
  undo_.clear();
  return std::move(changes_);
}

}  // namespace substratee::node::runtime
