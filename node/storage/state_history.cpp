#include "node/storage/state_history.hpp"

namespace substratee::node::storage {

StateHistory::StateHistory(trie::Content content, std::uint32_t best, std::deque<Changes> undo)
    : content_(std::move(content)), best_(best), undo_(std::move(undo)) {}

Changes StateHistory::undo_of(const Changes& changes) const {
  Changes undo;
  for (const auto& [key, value] : changes) {
    const auto old = content_.find(key);
    undo.emplace(key, old == content_.end() ? std::nullopt : std::optional(old->second));
  }
  return undo;
}

void StateHistory::apply(const Changes& changes, Changes undo) {
  apply_changes(content_, changes);
  undo_.push_back(std::move(undo));
  if (undo_.size() > kUndoBlocks) undo_.pop_front();
  ++best_;
}

std::optional<Changes> StateHistory::overlay_at(std::uint32_t block) const {
  if (block > best_ || block < oldest()) return std::nullopt;
  Changes overlay;
  // From the oldest record up: the first block after `block` that changed a key knows its value at `block`.
  for (auto i = block - oldest(); i < undo_.size(); ++i) {
    for (const auto& [key, value] : undo_[i]) overlay.try_emplace(key, value);
  }
  return overlay;
}

void apply_changes(trie::Content& content, const Changes& changes) {
  for (const auto& [key, value] : changes) {
    if (value) {
      content.insert_or_assign(key, *value);
    } else {
      content.erase(key);
    }
  }
}

std::optional<Bytes> OverlayState::get(ByteView key) const {
  const auto wanted = to_bytes(key);
  if (const auto over = overlay_->find(wanted); over != overlay_->end()) return over->second;
  const auto found = content_->find(wanted);
  if (found == content_->end()) return std::nullopt;
  return found->second;
}

std::optional<std::pair<Bytes, Bytes>> OverlayState::next(ByteView key) const {
  const auto after = to_bytes(key);
  auto below = content_->upper_bound(after);
  auto above = overlay_->upper_bound(after);
  while (below != content_->end() || above != overlay_->end()) {
    const bool takes_overlay = above != overlay_->end() && (below == content_->end() || above->first <= below->first);
    if (!takes_overlay) return *below;
    if (above->second) return std::pair(above->first, *above->second);
    if (below != content_->end() && below->first == above->first) ++below;
    ++above;
  }
  return std::nullopt;
}

}  // namespace substratee::node::storage
