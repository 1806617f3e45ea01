#include "enclave/state/node_writer.hpp"

#include "core/base/check.hpp"
#include "core/crypto/hash.hpp"
#include "enclave/state/cut.hpp"
#include "enclave/state/page.hpp"
#include "enclave/state/recut.hpp"
#include "enclave/state/seal.hpp"

#include <algorithm>

namespace substratee::enclave::state {
namespace {

using Keys = std::vector<Bytes>;

/// Everything that a step reads and writes.
struct Step {
  const crypto::Secret<32>& cut_key;
  const Records& records;
  Nodes& nodes;
  PublicTree& tree;
  NodeWriter& writer;
};

/// The pieces of one value as it is now; none for a value that stands in its leaf, or is gone.
void write_pieces(const Step& step, const Bytes& key) {
  const auto record = step.records.find(key);
  const auto value = record == step.records.end() ? ByteView() : record->second.view();
  const auto count = piece_count(value.size());
  const auto found = step.nodes.pieces.find(key);
  if (count == 0 && found == step.nodes.pieces.end()) return;
  auto& pieces = step.nodes.pieces[key];
  for (auto i = count; i < pieces.size(); ++i) {
    step.tree.leaves.erase(Place::of_piece(key, static_cast<std::uint32_t>(i)));
  }
  const auto old_count = pieces.size();
  pieces.resize(count);
  step.nodes.piece_count = step.nodes.piece_count - old_count + count;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto content = encode_piece(key, i, value);
    pieces[i] = step.writer.write(i < old_count ? &pieces[i] : nullptr, content.view());
    step.tree.leaves.put(Place::of_piece(key, i), pieces[i].digest);
  }
  if (count == 0) step.nodes.pieces.erase(key);
}

/// Padding stands behind all records and is none of them.
Level::iterator padding_begin(Level& leaves) { return leaves.lower_bound(padding_key(0)); }

Keys write_leaves(const Step& step, std::span<const Bytes> changed) {
  return recut(
      step.records, step.nodes.leaves, padding_begin(step.nodes.leaves), changed,
      [&](Records::const_iterator first) { return leaf_end(step.cut_key, step.records, first); },
      [&](const NodeRef* old, Records::const_iterator first, Records::const_iterator end) {
        return step.writer.write(old, encode_leaf(first, end, step.nodes.pieces).view());
      });
}

/// As much padding as there has to be; adds what changed to `changed`.
void write_padding(const Step& step, std::uint32_t wanted, Keys& changed) {
  auto& leaves = step.nodes.leaves;
  const auto count = padding_count(leaves);
  for (auto number = wanted; number < count; ++number) {
    changed.push_back(padding_key(number));
    leaves.erase(changed.back());
  }
  for (auto number = count; number < wanted; ++number) {
    changed.push_back(padding_key(number));
    leaves.emplace(changed.back(), step.writer.write(nullptr, encode_padding(changed.back()).view()));
  }
}

/// Writes leaves anew that have not changed, until as many are written as the shape wants.
void write_cover(const Step& step, std::uint16_t cover, Keys& changed) {
  const auto dirty = step.writer.blocks().size();
  const auto chosen =
      choose_cover(step.cut_key, step.nodes.leaves, step.writer.writer(), cover_target(dirty, cover) - dirty);
  for (const auto& key : chosen) {
    auto& leaf = step.nodes.leaves.find(key)->second;
    if (is_padding_key(key)) {
      leaf = step.writer.write(nullptr, encode_padding(key).view());
    } else {
      const auto first = step.records.find(key);
      const auto content = encode_leaf(first, leaf_end(step.cut_key, step.records, first), step.nodes.pieces);
      leaf = step.writer.write(nullptr, content.view());
    }
  }
  changed.insert(changed.end(), chosen.begin(), chosen.end());
  std::ranges::sort(changed);
}

void tell(PublicFile& file, const Level& level, std::span<const Bytes> changed, Place (*place_of)(std::size_t, Bytes),
          std::size_t number) {
  for (const auto& key : changed) {
    const auto found = level.find(key);
    if (found == level.end()) {
      file.erase(place_of(number, key));
    } else {
      file.put(place_of(number, key), found->second.digest);
    }
  }
}

void drop_levels(const Step& step, std::size_t count) {
  auto& pages = step.nodes.pages;
  for (; pages.size() > count; pages.pop_back()) {
    for (const auto& [key, page] : pages.back()) step.tree.index.erase(Place::of_page(pages.size(), key));
  }
}

/// The one page over no leaves.
void write_empty_page(const Step& step) {
  drop_levels(step, 0);
  const Level none;
  auto page = step.writer.write(nullptr, encode_page(1, none.begin(), none.end()).view());
  step.tree.index.put(Place::of_page(1, {}), page.digest);
  step.nodes.pages.resize(1);
  step.nodes.pages.front().emplace(Bytes{}, std::move(page));
}

void write_pages(const Step& step, Keys changed) {
  auto& pages = step.nodes.pages;
  for (std::size_t number = 1;; ++number) {
    SUBSTRATEE_CHECK(number <= kMaxLevels);
    if (pages.size() < number) pages.emplace_back();
    const Level& below = number == 1 ? step.nodes.leaves : pages[number - 2];
    changed = recut(
        below, pages[number - 1], pages[number - 1].end(), std::span<const Bytes>(changed),
        [&](Level::const_iterator first) { return page_end(step.cut_key, below, first); },
        [&](const NodeRef* old, Level::const_iterator first, Level::const_iterator end) {
          return step.writer.write(old, encode_page(static_cast<std::uint8_t>(number), first, end).view());
        });
    tell(step.tree.index, pages[number - 1], changed, Place::of_page, number);
    if (pages[number - 1].size() == 1) return drop_levels(step, number);
  }
}

}  // namespace

NodeRef NodeWriter::write(const NodeRef* old, ByteView content) {
  const auto plaintext = crypto::sha256(content);
  if (old != nullptr && old->plaintext == plaintext) return *old;
  auto block = seal_node(*state_key_, *shard_, *writer_, content);
  const auto digest = *Hash256::from(block.cid.digest);
  blocks_.push_back(std::move(block));
  return {.digest = digest, .writer = *writer_, .plaintext = plaintext};
}

std::uint32_t wanted_padding(const Shape& shape, const Nodes& nodes) noexcept {
  const auto leaves = nodes.leaves.size() - padding_count(nodes.leaves);
  if (!shape.padding || leaves == 0) return 0;
  const auto count = leaves + nodes.piece_count;
  return static_cast<std::uint32_t>(padded_count(count) - count);
}

void write_nodes(const crypto::Secret<32>& cut_key, const Shape& shape, const Records& records,
                 std::span<const Bytes> changed, Nodes& nodes, PublicTree& tree, NodeWriter& writer) {
  const Step step{cut_key, records, nodes, tree, writer};
  for (const auto& key : changed) write_pieces(step, key);
  auto leaves = write_leaves(step, changed);
  write_padding(step, wanted_padding(shape, nodes), leaves);
  if (shape.cover > 0) write_cover(step, shape.cover, leaves);
  tell(tree.leaves, nodes.leaves, leaves, Place::of_leaf, 0);
  if (nodes.leaves.empty()) return write_empty_page(step);
  write_pages(step, std::move(leaves));
}

}  // namespace substratee::enclave::state
