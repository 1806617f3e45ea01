#pragma once

/// Changes on top of a read-only view, with checkpoints: what a failing call did is undone exactly.

#include "node/runtime/state.hpp"

#include <vector>

namespace substratee::node::runtime {

/// Reads see the changes. `base` must outlive it.
class Overlay final : public StateView {
 public:
  using Checkpoint = std::size_t;

  explicit Overlay(const StateView& base) noexcept : base_(&base) {}

  [[nodiscard]] std::optional<Bytes> get(ByteView key) const override;
  [[nodiscard]] std::optional<std::pair<Bytes, Bytes>> next(ByteView key) const override;
  void put(Bytes key, Bytes value);
  void erase(Bytes key);

  [[nodiscard]] Checkpoint checkpoint() const noexcept { return undo_.size(); }
  /// Undoes everything since `checkpoint`; checkpoints nest.
  void roll_back(Checkpoint checkpoint);
  /// The changes that differ from the view.
  [[nodiscard]] Changes take() &&;

 private:
  struct Undo {
    Bytes key;
    std::optional<std::optional<Bytes>> before;  ///< nothing: the key was not in the overlay
  };
  void change(Bytes key, std::optional<Bytes> value);

  const StateView* base_;
  Changes changes_;
  std::vector<Undo> undo_;
};

}  // namespace substratee::node::runtime
