#pragma once

/// Cuts the leaves of the next root: anew from the leaf that a change can reach up to where the old cuts come back.
/// It is fed with the records of one old leaf's range after the other, so that no more of them need be at hand, and can
/// be left and gone on with between two ranges. Of leaves that no change reaches it never hears.

#include "enclave/state/cut.hpp"
#include "enclave/state/node_writer.hpp"
#include "enclave/state/page.hpp"
#include "enclave/state/recut.hpp"

#include <functional>
#include <optional>
#include <utility>

namespace substratee::enclave::state {

class LeafWriter {
 public:
  /// Told of each leaf that was cut, new or known.
  using OnLeaf = std::function<void(const NodeRef& leaf, Frame frame)>;

  using Changes = std::vector<Changed<Bytes>>;

  /// `changed`: ascending; only these records differ from what `old` was cut from. `cut_key` and `old` live longer and
  /// do not change meanwhile.
  LeafWriter(const crypto::Secret<32>& cut_key, const Level& old, Changes changed, OnLeaf on_leaf);

  /// What it takes next: the records of `leaf`'s range, which is [first, end); without a leaf those before the first
  /// one.
  struct Range {
    const Level::value_type* leaf = nullptr;
    std::optional<ByteView> first;
    std::optional<ByteView> end;
  };
  [[nodiscard]] bool is_done() const noexcept { return is_done_; }
  [[nodiscard]] Range range() const noexcept;
  /// First keys of the old leaves, from the present range on, that changes will reach: at most `max`.
  [[nodiscard]] std::vector<Bytes> ahead(std::size_t max) const;

  /// Every record of the range keeps its size, and no cut moves: the leaf can be replaced as a whole.
  [[nodiscard]] bool keeps_cuts() const noexcept { return keeps_cuts_; }
  void replace(Frame frame, NodeWriter& writer);

  /// Else the range's next record, as it is after the change. False: the rest of the range is as before; see range()
  /// anew.
  [[nodiscard]] bool add(const LeafRecord& record, NodeWriter& writer);
  /// There are no more records in the range.
  void end_range(NodeWriter& writer);

  /// What becomes of the level by first key, once done: nothing where a leaf is gone.
  using Edits = std::map<Bytes, std::optional<NodeRef>, KeyLess>;
  [[nodiscard]] Edits take() { return std::exchange(edits_, {}); }

 private:
  using Place = Level::const_iterator;
  void begin_run();
  void enter(Place leaf);
  [[nodiscard]] Place reached_by(const Changed<Bytes>& change) const;
  void carry_from(Place leaf);
  void close_leaf(NodeWriter& writer);
  void write(Frame frame, NodeWriter& writer);
  [[nodiscard]] Place next() const noexcept { return range_ ? std::next(*range_) : old_->begin(); }
  [[nodiscard]] bool is_changed(ByteView key) const noexcept;

  const crypto::Secret<32>* cut_key_;
  const Level* old_;
  Place old_end_;  // padding stands behind
  Changes changed_;
  OnLeaf on_leaf_;
  std::size_t change_ = 0;        // the first of changed_ that is not written yet
  std::optional<Place> carried_;  // from here on nothing is written yet
  std::optional<Place> range_;
  bool is_done_ = false;
  bool keeps_cuts_ = false;  // the range is a leaf that begins and ends as before
  bool has_closed_ = false;  // a leaf, since writing began here
  Cutter cutter_;
  LeafEncoder leaf_;
  Bytes first_key_;  // of leaf_
  Edits edits_;
};

}  // namespace substratee::enclave::state
