#include "enclave/state/leaf_writer.hpp"

#include "core/base/result.hpp"

#include <algorithm>

namespace substratee::enclave::state {

LeafWriter::LeafWriter(const crypto::Secret<32>& cut_key, std::span<const NodeRef> old, std::vector<Bytes> changed,
                       OnLeaf on_leaf)
    : cut_key_(&cut_key), old_(old), changed_(std::move(changed)), on_leaf_(std::move(on_leaf)), cutter_(cut_key) {
  begin_run();
}

/// Goes to the first leaf that the next change can reach: the one before the key's place. (If the key begins a leaf,
/// the leaf before may have ended only because that record did not fit.) The first leaf also takes what is new before
/// it, unless that is written already and the leaf was met again.
void LeafWriter::begin_run() {
  has_closed_ = false;
  const bool is_last = change_ == changed_.size();
  const auto place = is_last ? old_.size() : lower_bound(old_, changed_[change_]);
  const auto reached = is_last ? old_.size() : std::max(place == 0 ? 0 : place - 1, carried_);
  out_.insert(out_.end(), old_.begin() + static_cast<std::ptrdiff_t>(carried_),
              old_.begin() + static_cast<std::ptrdiff_t>(reached));
  carried_ = old_.size();
  is_done_ = is_last;
  range_ = reached;
  if (reached == 0 && out_.empty()) range_.reset();
}

LeafWriter::Range LeafWriter::range() const noexcept {
  Range out;
  const auto next = range_ ? *range_ + 1 : 0;
  if (range_) {
    out.leaf = &old_[*range_];
    out.first = out.leaf->first_key;
  }
  if (next < old_.size()) out.end = old_[next].first_key;
  return out;
}

std::vector<std::size_t> LeafWriter::ahead(std::size_t max) const {
  std::vector<std::size_t> out;
  if (is_done_) return out;
  if (range_) out.push_back(*range_);
  for (auto change = change_; change < changed_.size() && out.size() < max; ++change) {
    const auto place = lower_bound(old_, changed_[change]);
    const auto reached = place == 0 ? 0 : place - 1;
    if (reached < old_.size() && (out.empty() || reached > out.back())) out.push_back(reached);
  }
  return out;
}

bool LeafWriter::is_changed(ByteView key) const noexcept {
  return std::ranges::binary_search(changed_, key, KeyLess{});
}

/// From leaf `index` on all is as before, up to the next change.
void LeafWriter::carry_from(std::size_t index) {
  const auto& key = old_[index].first_key;
  change_ = static_cast<std::size_t>(std::ranges::lower_bound(changed_, ByteView(key), KeyLess{}) - changed_.begin());
  carried_ = index;
  begin_run();
}

Result<void> LeafWriter::close_leaf(NodeWriter& writer) {
  const auto content = leaf_.take();
  auto leaf = SUBSTRATEE_TRY(writer.write(old_, first_key_, content.view()));
  if (on_leaf_) on_leaf_(leaf, content.view());
  out_.push_back(std::move(leaf));
  cutter_ = Cutter(*cut_key_);
  has_closed_ = true;
  return {};
}

Result<bool> LeafWriter::add(ByteView key, ByteView value, NodeWriter& writer) {
  const auto size = record_size(key, value);
  if (cutter_.ends_before(size)) {
    SUBSTRATEE_TRY(close_leaf(writer));
    if (range_ && std::ranges::equal(key, old_[*range_].first_key) && !is_changed(key)) {
      carry_from(*range_);
      return false;
    }
  }
  if (leaf_.is_empty()) first_key_ = to_bytes(key);
  leaf_.add(key, value);
  if (cutter_.ends_behind(key, size)) SUBSTRATEE_TRY(close_leaf(writer));
  return true;
}

Result<void> LeafWriter::end_range(NodeWriter& writer) {
  const auto next = range_ ? *range_ + 1 : 0;
  if (next >= old_.size()) {
    if (!leaf_.is_empty()) SUBSTRATEE_TRY(close_leaf(writer));
    change_ = changed_.size();
    begin_run();
  } else if (leaf_.is_empty() && has_closed_ && !is_changed(old_[next].first_key)) {
    carry_from(next);
  } else {
    range_ = next;
  }
  return {};
}

}  // namespace substratee::enclave::state
