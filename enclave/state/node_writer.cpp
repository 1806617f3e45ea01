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

bool starts_at(std::span<const NodeRef> nodes, std::size_t index, ByteView key) {
  return index < nodes.size() && std::ranges::equal(nodes[index].first_key, key);
}

}  // namespace

std::size_t lower_bound(std::span<const NodeRef> nodes, ByteView key) noexcept {
  return static_cast<std::size_t>(std::ranges::lower_bound(nodes, key, KeyLess{}, key_of) - nodes.begin());
}

Result<NodeRef> NodeWriter::write(std::span<const NodeRef> old, ByteView first_key, ByteView content) {
  const auto plaintext = crypto::sha256(content);
  const auto index = lower_bound(old, first_key);
  if (starts_at(old, index, first_key) && old[index].plaintext == plaintext) return old[index];
  if (writer_ == nullptr) return std::unexpected(Error::kWrongCut);
  auto block = seal_node(*state_key_, *shard_, *writer_, content);
  const auto digest = *Hash256::from(block.cid.digest);
  blocks_->push_back(std::move(block));
  return NodeRef{.first_key = to_bytes(first_key), .digest = digest, .writer = *writer_, .plaintext = plaintext};
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
