#include "node/storage/trie_node.hpp"

#include "core/base/check.hpp"
#include "core/crypto/hash.hpp"
#include "core/scale/codec.hpp"

namespace substratee::node::storage {

namespace {

constexpr std::size_t kIdSize = sizeof(NodeId);

std::size_t count_children(const trie::Node& node) noexcept {
  return static_cast<std::size_t>(std::ranges::count_if(node.children, [](ByteView child) { return !child.empty(); }));
}

}  // namespace

NodePtr TrieNode::make(ByteView encoding, std::span<const NodeId> children, std::optional<ByteView> value) {
  scale::Encoder out;
  constexpr std::size_t kMaxSize = 5;  // of the encoding, compact
  out.reserve(kMaxSize + encoding.size() + children.size() * kIdSize + (value ? value->size() : 0));
  out.compact(encoding.size());
  out.raw(encoding);
  for (const auto id : children) out.little_endian(id, kIdSize);
  if (value) out.raw(*value);
  auto record = std::move(out).take();
  const auto begin = record.size() - (value ? value->size() : 0) - children.size() * kIdSize - encoding.size();
  return std::make_shared<const TrieNode>(std::move(record), begin, begin + encoding.size());
}

NodePtr TrieNode::from_record(Bytes record) {
  scale::Decoder in(record);
  const auto size = in.compact(scale::kUnbounded);
  if (!size) return nullptr;
  const auto begin = record.size() - in.rest().size();
  const auto encoding = in.raw(static_cast<std::size_t>(*size));
  if (!encoding) return nullptr;
  const auto node = trie::decode_node(*encoding);
  if (!node || node->is_empty || !in.raw(count_children(*node) * kIdSize)) return nullptr;
  const bool is_whole =
      node->is_value_hashed ? std::ranges::equal(crypto::blake2_256(in.rest()).bytes, *node->value) : in.rest().empty();
  if (!is_whole) return nullptr;
  const auto end = begin + encoding->size();
  return std::make_shared<const TrieNode>(std::move(record), begin, end);
}

trie::Node TrieNode::decoded() const noexcept {
  auto node = trie::decode_node(encoding());
  SUBSTRATEE_CHECK(node.has_value());
  return *node;
}

std::optional<ByteView> TrieNode::value(const trie::Node& decoded) const noexcept {
  if (!decoded.is_value_hashed) return decoded.value;
  return ByteView(record_).subspan(end_ + count_children(decoded) * kIdSize);
}

NodeId TrieNode::child(const trie::Node& decoded, std::uint8_t nibble) const noexcept {
  const auto before =
      std::ranges::count_if(std::span(decoded.children).first(nibble), [](ByteView child) { return !child.empty(); });
  const auto* at = record_.data() + end_ + static_cast<std::size_t>(before) * kIdSize;
  NodeId id = 0;
  for (std::size_t i = kIdSize; i-- > 0;) id = id << 8 | at[i];
  return id;
}

bool is_named_by(ByteView reference, ByteView encoding) noexcept {
  if (reference.size() != Hash256::kSize) return std::ranges::equal(reference, encoding);
  return std::ranges::equal(crypto::blake2_256(encoding).bytes, reference);
}

}  // namespace substratee::node::storage
