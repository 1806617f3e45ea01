#pragma once

/// The newest state in memory, and what it takes to see the states of the blocks before it.
/// An undo record of block n gives every key that n changed its value before n. Not its job: disk, threads.

#include "core/trie/trie.hpp"
#include "node/runtime/state.hpp"

#include <deque>

namespace substratee::node::storage {

using runtime::Changes;

/// States of how many blocks before the best one can be asked for.
inline constexpr std::uint32_t kUndoBlocks = 256;

class StateHistory {
 public:
  StateHistory() = default;
  /// State of block `best`, and the undo records of the blocks up to it, oldest first.
  StateHistory(trie::Content content, std::uint32_t best, std::deque<Changes> undo);

  [[nodiscard]] const trie::Content& content() const noexcept { return content_; }
  [[nodiscard]] std::uint32_t best() const noexcept { return best_; }
  /// The oldest block whose state can be seen.
  [[nodiscard]] std::uint32_t oldest() const noexcept { return best_ - static_cast<std::uint32_t>(undo_.size()); }

  /// What the next block's undo record has to be.
  [[nodiscard]] Changes undo_of(const Changes& changes) const;
  /// The state becomes that of block best + 1.
  void apply(const Changes& changes, Changes undo);

  /// What differs from content() at `block`; nothing if it is out of reach.
  [[nodiscard]] std::optional<Changes> overlay_at(std::uint32_t block) const;

 private:
  trie::Content content_;
  std::uint32_t best_ = 0;
  std::deque<Changes> undo_;
};

/// In place.
void apply_changes(trie::Content& content, const Changes& changes);

/// A content seen through an overlay. Both must outlive it.
class OverlayState final : public runtime::StateView {
 public:
  OverlayState(const trie::Content& content, const Changes& overlay) : content_(&content), overlay_(&overlay) {}
  [[nodiscard]] std::optional<Bytes> get(ByteView key) const override;
  [[nodiscard]] std::optional<std::pair<Bytes, Bytes>> next(ByteView key) const override;

 private:
  const trie::Content* content_;
  const Changes* overlay_;
};

}  // namespace substratee::node::storage
