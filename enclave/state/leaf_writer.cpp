#include "enclave/state/leaf_writer.hpp"

#include "enclave/state/shape.hpp"

#include <algorithm>

namespace substratee::enclave::state {

LeafWriter::LeafWriter(const crypto::Secret<32>& cut_key, const Level& old, Changes changed, OnLeaf on_leaf)
    : cut_key_(&cut_key),
      old_(&old),
      old_end_(old.lower_bound(padding_key(0))),
      changed_(std::move(changed)),
      on_leaf_(std::move(on_leaf)),
      cutter_(cut_key) {
  begin_run();
}

/// The first leaf that a change can reach: the one that the key stands in. If the key begins a leaf and moves cuts, it
/// is the leaf before, which may have ended only because that record did not fit.
LeafWriter::Place LeafWriter::reached_by(const Changed<Bytes>& change) const {
  auto out = change.moves ? old_->lower_bound(change.key) : old_->upper_bound(change.key);
  if (out != old_->begin()) --out;
  return out;
}

/// Goes to the first leaf that the next change can reach. The first leaf also takes what is new before it, unless that
/// is written already and the leaf was met again.
void LeafWriter::begin_run() {
  has_closed_ = false;
  is_done_ = change_ == changed_.size();
  if (is_done_) return;
  auto reached = reached_by(changed_[change_]);
  if (carried_ && KeyLess{}(reached->first, (*carried_)->first)) reached = *carried_;
  range_.reset();
  keeps_cuts_ = false;
  if (reached != old_end_) {
    const auto following = std::next(reached);
    const auto first = changed_.begin() + static_cast<std::ptrdiff_t>(change_);
    keeps_cuts_ = end_of_unmoved(first, changed_, following == old_end_ ? nullptr : &*following, KeyLess{}).has_value();
  }
  if (keeps_cuts_ || reached != old_->begin() || !edits_.empty()) enter(reached);
}

/// The leaf is gone unless one is written that begins like it.
void LeafWriter::enter(Place leaf) {
  range_ = leaf;
  edits_.try_emplace(leaf->first);
}

LeafWriter::Range LeafWriter::range() const noexcept {
  Range out;
  if (range_) {
    out.leaf = &**range_;
    out.first = out.leaf->first;
  }
  if (next() != old_end_) out.end = next()->first;
  return out;
}

std::vector<Bytes> LeafWriter::ahead(std::size_t max) const {
  std::vector<Bytes> out;
  if (is_done_) return out;
  if (range_) out.push_back((*range_)->first);
  for (auto change = change_; change < changed_.size() && out.size() < max; ++change) {
    const auto reached = reached_by(changed_[change]);
    if (reached != old_end_ && (out.empty() || KeyLess{}(out.back(), reached->first))) out.push_back(reached->first);
  }
  return out;
}

bool LeafWriter::is_changed(ByteView key) const noexcept {
  return std::ranges::binary_search(changed_, key, KeyLess{}, &Changed<Bytes>::key);
}

/// From this leaf on all is as before, up to the next change.
void LeafWriter::carry_from(Place leaf) {
  const auto change = std::ranges::lower_bound(changed_, ByteView(leaf->first), KeyLess{}, &Changed<Bytes>::key);
  change_ = static_cast<std::size_t>(change - changed_.begin());
  carried_ = leaf;
  edits_.erase(leaf->first);
  begin_run();
}

void LeafWriter::close_leaf(NodeWriter& writer) { write(leaf_.take(), writer); }

void LeafWriter::write(Frame frame, NodeWriter& writer) {
  const auto old = old_->find(first_key_);
  auto leaf = writer.write(old == old_->end() ? nullptr : &old->second, frame);
  on_leaf_(leaf, std::move(frame));
  edits_.insert_or_assign(first_key_, std::move(leaf));
  cutter_ = Cutter(*cut_key_);
  has_closed_ = true;
}

bool LeafWriter::add(const LeafRecord& record, NodeWriter& writer) {
  const auto size = record_size(record.key, record.size);
  if (cutter_.ends_before(size)) {
    close_leaf(writer);
    if (range_ && std::ranges::equal(record.key, (*range_)->first) && !is_changed(record.key)) {
      carry_from(*range_);
      return false;
    }
  }
  if (leaf_.is_empty()) first_key_ = to_bytes(record.key);
  leaf_.add(record);
  if (cutter_.ends_behind(record.key, size)) close_leaf(writer);
  return true;
}

void LeafWriter::replace(Frame frame, NodeWriter& writer) {
  const auto following = next();
  first_key_ = (*range_)->first;
  write(std::move(frame), writer);
  if (following != old_end_) return carry_from(following);
  change_ = changed_.size();
  begin_run();
}

void LeafWriter::end_range(NodeWriter& writer) {
  const auto following = next();
  if (following == old_end_) {
    if (!leaf_.is_empty()) close_leaf(writer);
    change_ = changed_.size();
    begin_run();
  } else if (leaf_.is_empty() && has_closed_ && !is_changed(following->first)) {
    carry_from(following);
  } else {
    enter(following);
  }
}

}  // namespace substratee::enclave::state
