#pragma once

/// Cuts the leaves of the next root: anew from the leaf that a change can reach up to where the old cuts come back.
/// It is fed with the records of one old leaf's range after the other, so that no more of them need be at hand, and can
/// be left and gone on with between two ranges.

#include "enclave/state/cut.hpp"
#include "enclave/state/node_writer.hpp"
#include "enclave/state/page.hpp"

#include <functional>
#include <optional>

namespace substratee::enclave::state {

class LeafWriter {
 public:
  /// Told of each leaf that was cut, new or known.
  using OnLeaf = std::function<void(const NodeRef& leaf, ByteView content)>;

  /// `changed`: ascending; only these keys differ from what `old` was cut from. `cut_key` and `old` live longer.
  LeafWriter(const crypto::Secret<32>& cut_key, std::span<const NodeRef> old, std::vector<Bytes> changed,
             OnLeaf on_leaf);

  /// What it takes next: the records of `leaf`'s range, which is [first, end); without a leaf those before the first
  /// one.
  struct Range {
    const NodeRef* leaf = nullptr;
    std::optional<ByteView> first;
    std::optional<ByteView> end;
  };
  [[nodiscard]] bool is_done() const noexcept { return is_done_; }
  [[nodiscard]] Range range() const noexcept;
  /// The old leaves, from the present range on, that changes will reach: at most `max` indices.
  [[nodiscard]] std::vector<std::size_t> ahead(std::size_t max) const;

  /// The range's next record, as it is after the change. False: the rest of the range is as before; see range() anew.
  [[nodiscard]] Result<bool> add(ByteView key, ByteView value, NodeWriter& writer);
  /// There are no more records in the range.
  [[nodiscard]] Result<void> end_range(NodeWriter& writer);
  /// All leaves, in key order, once done.
  [[nodiscard]] std::vector<NodeRef> take() && { return std::move(out_); }

 private:
  void begin_run();
  void carry_from(std::size_t index);
  [[nodiscard]] Result<void> close_leaf(NodeWriter& writer);
  [[nodiscard]] bool is_changed(ByteView key) const noexcept;

  const crypto::Secret<32>* cut_key_;
  std::span<const NodeRef> old_;
  std::vector<Bytes> changed_;
  OnLeaf on_leaf_;
  std::size_t change_ = 0;   // the first of changed_ that is not written yet
  std::size_t carried_ = 0;  // leaves of `old_` that `out_` has replaced or taken over
  std::optional<std::size_t> range_;
  bool is_done_ = false;
  bool has_closed_ = false;  // a leaf, since writing began here
  Cutter cutter_;
  LeafEncoder leaf_;
  Bytes first_key_;  // of leaf_
  std::vector<NodeRef> out_;
};

}  // namespace substratee::enclave::state
