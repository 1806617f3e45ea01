#include "enclave/state/node_writer.hpp"

#include "core/base/check.hpp"
#include "core/base/result.hpp"
#include "core/crypto/hash.hpp"
#include "enclave/state/cut.hpp"
#include "enclave/state/page.hpp"
#include "enclave/state/seal.hpp"

#include <algorithm>

namespace substratee::enclave::state {
namespace {

ByteView key_of(const NodeRef& node) noexcept { return node.first_key; }

/// Index of the first of `nodes` whose first key is not below `key`.
std::size_t lower_bound(std::span<const NodeRef> nodes, ByteView key) {
  return static_cast<std::size_t>(std::ranges::lower_bound(nodes, key, KeyLess{}, key_of) - nodes.begin());
}

bool starts_at(std::span<const NodeRef> nodes, std::size_t index, ByteView key) {
  return index < nodes.size() && std::ranges::equal(nodes[index].first_key, key);
}

/// The first leaf that a change of `key` can reach: the one before the key's place. (If the key begins a leaf, the leaf
/// before may have ended only because that record did not fit.)
std::size_t first_reached(std::span<const NodeRef> old, ByteView key) {
  const auto next = lower_bound(old, key);
  return next == 0 ? 0 : next - 1;
}

/// Where writing begins at leaf `index`. The first leaf also takes what is new before it, unless that is written
/// already and the leaf was met again.
Records::const_iterator start_of(const Records& records, std::span<const NodeRef> old, std::size_t index,
                                 bool is_first) {
  return index == 0 && is_first ? records.begin() : records.lower_bound(ByteView(old[index].first_key));
}

}  // namespace

Result<NodeRef> NodeWriter::write(std::span<const NodeRef> old, ByteView first_key, ByteView content) {
  const auto plaintext = crypto::sha256(content);
  const auto index = lower_bound(old, first_key);
  if (starts_at(old, index, first_key) && old[index].plaintext == plaintext) return old[index];
  if (writer_ == nullptr) return std::unexpected(Error::kWrongCut);
  auto block = seal_node(*state_key_, *shard_, *writer_, content);
  const auto digest = *Hash256::from(block.cid.digest);
  blocks_.push_back(std::move(block));
  return NodeRef{.first_key = to_bytes(first_key), .digest = digest, .writer = *writer_, .plaintext = plaintext};
}

Result<std::vector<NodeRef>> write_leaves(const crypto::Secret<32>& cut_key, const Records& records,
                                          std::span<const NodeRef> old, std::span<const Bytes> changed,
                                          NodeWriter& writer) {
  std::vector<NodeRef> out;
  std::size_t carried = 0;  // leaves of `old` that `out` has replaced or taken over
  auto change = changed.begin();
  while (change != changed.end()) {
    const auto reached = std::max(first_reached(old, *change), carried);
    out.insert(out.end(), old.begin() + static_cast<std::ptrdiff_t>(carried),
               old.begin() + static_cast<std::ptrdiff_t>(std::min(reached, old.size())));
    carried = old.size();
    auto record = start_of(records, old, reached, out.empty());
    while (record != records.end()) {
      const auto end = leaf_end(cut_key, records, record);
      const auto content = encode_leaf(record, end);
      out.push_back(SUBSTRATEE_TRY(writer.write(old, record->first, content.view())));
      record = end;
      if (record == records.end()) break;
      change = std::find_if(change, changed.end(), [&](const Bytes& key) { return !KeyLess{}(key, record->first); });
      if (change != changed.end() && *change == record->first) continue;
      const auto same = lower_bound(old, record->first);
      if (!starts_at(old, same, record->first)) continue;
      carried = same;
      break;
    }
    if (record == records.end()) change = changed.end();
  }
  out.insert(out.end(), old.begin() + static_cast<std::ptrdiff_t>(carried), old.end());
  return out;
}

Result<std::vector<std::vector<NodeRef>>> write_pages(const crypto::Secret<32>& cut_key,
                                                      std::span<const NodeRef> leaves,
                                                      const std::vector<std::vector<NodeRef>>& old,
                                                      NodeWriter& writer) {
  std::vector<std::vector<NodeRef>> levels;
  std::span<const NodeRef> below = leaves;
  do {
    std::span<const NodeRef> known;
    if (levels.size() < old.size()) known = old[levels.size()];
    std::vector<NodeRef> pages;
    do {
      const auto children = below.first(page_end(cut_key, below));
      const auto content = encode_page(static_cast<std::uint8_t>(levels.size() + 1), children);
      const ByteView first_key = children.empty() ? ByteView() : ByteView(children.front().first_key);
      pages.push_back(SUBSTRATEE_TRY(writer.write(known, first_key, content.view())));
      below = below.subspan(children.size());
    } while (!below.empty());
    levels.push_back(std::move(pages));
    below = levels.back();
    SUBSTRATEE_CHECK(levels.size() <= kMaxLevels);
  } while (below.size() > 1);
  return levels;
}

}  // namespace substratee::enclave::state
