#include "enclave/state/node_writer.hpp"

#include "core/base/check.hpp"
#include "core/crypto/hash.hpp"
#include "enclave/state/cut.hpp"
#include "enclave/state/page.hpp"
#include "enclave/state/seal.hpp"

#include <iterator>

namespace substratee::enclave::state {
namespace {

/// Tells a file what became of the nodes `changed` of a level.
void tell(PublicFile& file, const Level& level, std::span<const Changed<Bytes>> changed,
          Place (*place_of)(std::size_t, Bytes), std::size_t number) {
  for (const auto& [key, moves] : changed) {
    const auto found = level.find(key);
    if (found == level.end()) {
      file.erase(place_of(number, key));
    } else {
      file.put(place_of(number, key), found->second.digest);
    }
  }
}

void drop_levels(std::size_t count, Nodes& nodes, PublicTree& tree) {
  for (auto& pages = nodes.pages; pages.size() > count; pages.pop_back()) {
    for (const auto& [key, page] : pages.back()) tree.index.erase(Place::of_page(pages.size(), key));
  }
}

/// The one page over no leaves.
void write_empty_page(Nodes& nodes, PublicTree& tree, NodeWriter& writer) {
  drop_levels(0, nodes, tree);
  const Level none;
  auto page = writer.write(nullptr, encode_page(1, none.begin(), none.end()));
  tree.index.put(Place::of_page(1, {}), page.digest);
  nodes.pages.resize(1);
  nodes.pages.front().emplace(Bytes{}, std::move(page));
}

}  // namespace

NodeRef NodeWriter::write(const NodeRef* old, const Frame& frame) {
  const auto plaintext = crypto::sha256(frame.content());
  if (old != nullptr && old->plaintext == plaintext) return *old;
  auto block = seal_node(*state_key_, *shard_, *writer_, frame);
  const auto digest = *Hash256::from(block.cid.digest);
  blocks_->push_back(std::move(block));
  return {.digest = digest, .writer = *writer_, .plaintext = plaintext};
}

void write_pieces(const Bytes& key, ByteView value, Nodes& nodes, PublicTree& tree, NodeWriter& writer) {
  const auto count = piece_count(value.size());
  const auto found = nodes.pieces.find(key);
  if (count == 0 && found == nodes.pieces.end()) return;
  auto& pieces = nodes.pieces[key];
  const auto old_count = pieces.size();
  for (auto i = count; i < old_count; ++i) tree.leaves.erase(Place::of_piece(key, static_cast<std::uint32_t>(i)));
  pieces.resize(count);
  nodes.piece_count = nodes.piece_count - old_count + count;
  for (std::uint32_t i = 0; i < count; ++i) {
    pieces[i] = writer.write(i < old_count ? &pieces[i] : nullptr, encode_piece(key, i, value));
    tree.leaves.put(Place::of_piece(key, i), pieces[i].digest);
  }
  if (count == 0) nodes.pieces.erase(key);
}

std::uint32_t wanted_padding(const Shape& shape, const Nodes& nodes) noexcept {
  const auto leaves = nodes.leaves.size() - padding_count(nodes.leaves);
  if (!shape.padding || leaves == 0) return 0;
  const auto count = leaves + nodes.piece_count;
  return static_cast<std::uint32_t>(padded_count(count) - count);
}

void write_padding(const Shape& shape, Nodes& nodes, std::vector<Changed<Bytes>>& changed, NodeWriter& writer) {
  const auto wanted = wanted_padding(shape, nodes);
  const auto count = padding_count(nodes.leaves);
  for (auto number = wanted; number < count; ++number) {
    changed.push_back({padding_key(number), true});
    nodes.leaves.erase(changed.back().key);
  }
  for (auto number = count; number < wanted; ++number) {
    changed.push_back({padding_key(number), true});
    const auto& key = changed.back().key;
    nodes.leaves.emplace(key, writer.write(nullptr, encode_padding(key)));
  }
}

void write_pages(const crypto::Secret<32>& cut_key, std::vector<Changed<Bytes>> changed, Nodes& nodes, PublicTree& tree,
                 NodeWriter& writer) {
  tell(tree.leaves, nodes.leaves, changed, Place::of_leaf, 0);
  if (nodes.leaves.empty()) return write_empty_page(nodes, tree, writer);
  auto& pages = nodes.pages;
  for (std::size_t number = 1;; ++number) {
    SUBSTRATEE_CHECK(number <= kMaxLevels);
    if (pages.size() < number) pages.emplace_back();
    const Level& below = number == 1 ? nodes.leaves : pages[number - 2];
    Level& level = pages[number - 1];
    changed = recut(
        below, level, std::span<const Changed<Bytes>>(changed),
        [&](Level::const_iterator first) { return page_end(cut_key, below, first); },
        [&](const NodeRef* old, Level::const_iterator first, Level::const_iterator end) {
          return writer.write(old, encode_page(static_cast<std::uint8_t>(number), first, end));
        });
    tell(tree.index, level, changed, Place::of_page, number);
    if (level.size() == 1) return drop_levels(number, nodes, tree);
  }
}

}  // namespace substratee::enclave::state
