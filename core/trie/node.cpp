#include "core/trie/node.hpp"

#include "core/crypto/hash.hpp"
#include "core/scale/codec.hpp"

#include <bit>

namespace substratee::trie {
namespace {

constexpr std::size_t kHashedValueSize = 33;  ///< from here on layout V1 stores a hash

/// The first bits of a node tell its kind; the rest of the byte begins the size of the partial key.
struct Kind {
  std::uint8_t mark;
  std::uint8_t size_mask;
  bool is_branch;
  bool has_value;
  bool is_value_hashed;
};

constexpr Kind kLeaf{0x40, 0x3f, false, true, false};
constexpr Kind kBranch{0x80, 0x3f, true, false, false};
constexpr Kind kBranchWithValue{0xc0, 0x3f, true, true, false};
constexpr Kind kHashedLeaf{0x20, 0x1f, false, true, true};
constexpr Kind kHashedBranch{0x10, 0x0f, true, true, true};
constexpr std::uint8_t kEmpty = 0x00;

std::optional<Kind> kind_of(std::uint8_t first) noexcept {
  for (const auto& kind : {kLeaf, kBranch, kBranchWithValue, kHashedLeaf, kHashedBranch}) {
    if ((first & ~kind.size_mask) == kind.mark) return kind;
  }
  return std::nullopt;
}

/// All ones in the first byte: more bytes follow, the last of them is not 255.
void write_header(scale::Encoder& out, const Kind& kind, std::size_t size) {
  if (size < kind.size_mask) return out.byte(static_cast<std::uint8_t>(kind.mark | size));
  out.byte(kind.mark | kind.size_mask);
  for (size -= kind.size_mask; size >= 255; size -= 255) out.byte(255);
  out.byte(static_cast<std::uint8_t>(size));
}

Result<std::size_t> read_size(scale::Decoder& in, std::uint8_t first, const Kind& kind) noexcept {
  std::size_t size = first & kind.size_mask;
  if (size < kind.size_mask) return size;
  for (;;) {
    const auto more = SUBSTRATEE_TRY_OR(Error::kBadNode, in.byte());
    size += more;
    if (more != 255) return size;
  }
}

/// An odd partial key has a zero nibble in front.
void write_partial(scale::Encoder& out, const Nibbles& partial) {
  std::size_t at = partial.size() % 2;
  if (at == 1) out.byte(partial[0]);
  for (; at < partial.size(); at += 2) out.byte(static_cast<std::uint8_t>(partial[at] << 4 | partial[at + 1]));
}

Result<Nibbles> read_partial(scale::Decoder& in, std::size_t size) noexcept {
  const Nibbles nibbles(SUBSTRATEE_TRY_OR(Error::kBadNode, in.raw((size + 1) / 2)));
  if (size % 2 == 0) return nibbles;
  if (nibbles[0] != 0) return std::unexpected(Error::kBadNode);
  return nibbles.from(1);
}

void write_sized(scale::Encoder& out, ByteView bytes) {
  out.compact(bytes.size());
  out.raw(bytes);
}

Result<ByteView> read_sized(scale::Decoder& in) noexcept {
  const auto size = SUBSTRATEE_TRY_OR(Error::kBadNode, in.compact(scale::kUnbounded));
  return SUBSTRATEE_TRY_OR(Error::kBadNode, in.raw(static_cast<std::size_t>(size)));
}

void write_value(scale::Encoder& out, ByteView value, Layout layout) {
  if (is_hashed(value, layout)) return out.raw(crypto::blake2_256(value).bytes);
  write_sized(out, value);
}

/// A commit encodes tens of thousands of nodes: each into one allocation.
constexpr std::size_t kMaxHead = 16;  // of a node with a usual key, or of a number

std::size_t value_room(ByteView value, Layout layout) {
  return is_hashed(value, layout) ? Hash256::kSize : kMaxHead + value.size();
}

Result<ByteView> read_value(scale::Decoder& in, const Kind& kind) noexcept {
  if (kind.is_value_hashed) return SUBSTRATEE_TRY_OR(Error::kBadNode, in.raw(Hash256::kSize));
  return read_sized(in);
}

/// A branch that could be shorter is not canonical: two children, or a value and one child, at least.
bool branches(const Kind& kind, unsigned bitmap) noexcept {
  return std::popcount(bitmap) + (kind.has_value ? 1 : 0) >= 2;
}

Result<std::array<ByteView, 16>> read_children(scale::Decoder& in, unsigned bitmap) noexcept {
  std::array<ByteView, 16> children{};
  for (std::size_t i = 0; i < children.size(); ++i) {
    if ((bitmap >> i & 1) == 0) continue;
    children[i] = SUBSTRATEE_TRY(read_sized(in));
    if (children[i].empty() || children[i].size() > Hash256::kSize) return std::unexpected(Error::kBadNode);
  }
  return children;
}

}  // namespace

std::size_t Nibbles::common_prefix(const Nibbles& other) const noexcept {
  const auto limit = std::min(size(), other.size());
  std::size_t count = 0;
  while (count < limit && (*this)[count] == other[count]) ++count;
  return count;
}

Reference::Reference(ByteView encoded_child) noexcept {
  if (encoded_child.size() >= Hash256::kSize) {
    bytes_ = crypto::blake2_256(encoded_child).bytes;
    size_ = Hash256::kSize;
  } else {
    std::ranges::copy(encoded_child, bytes_.begin());
    size_ = static_cast<std::uint8_t>(encoded_child.size());
  }
}

bool is_hashed(ByteView value, Layout layout) noexcept {
  return layout == Layout::kV1 && value.size() >= kHashedValueSize;
}

Bytes encode_empty() { return {kEmpty}; }

Bytes encode_leaf(const Nibbles& partial, ByteView value, Layout layout) {
  scale::Encoder out;
  out.reserve(kMaxHead + partial.size() / 2 + value_room(value, layout));
  write_header(out, is_hashed(value, layout) ? kHashedLeaf : kLeaf, partial.size());
  write_partial(out, partial);
  write_value(out, value, layout);
  return std::move(out).take();
}

Bytes encode_branch(const Nibbles& partial, std::optional<ByteView> value, const References& children, Layout layout) {
  unsigned bitmap = 0;
  std::size_t room = kMaxHead + partial.size() / 2 + (value ? value_room(*value, layout) : 0);
  for (std::size_t i = 0; i < children.size(); ++i) {
    if (children[i].empty()) continue;
    bitmap |= 1u << i;
    room += 1 + children[i].view().size();
  }
  const auto& with_value = value && is_hashed(*value, layout) ? kHashedBranch : kBranchWithValue;

  scale::Encoder out;
  out.reserve(room);
  write_header(out, value ? with_value : kBranch, partial.size());
  write_partial(out, partial);
  out.little_endian(bitmap, 2);
  if (value) write_value(out, *value, layout);
  for (const auto& child : children) {
    if (!child.empty()) write_sized(out, child.view());
  }
  return std::move(out).take();
}

Result<Node> decode_node(ByteView encoded) noexcept {
  scale::Decoder in(encoded);
  const auto first = SUBSTRATEE_TRY_OR(Error::kBadNode, in.byte());
  Node node;
  node.is_empty = first == kEmpty;
  if (!node.is_empty) {
    const auto kind = kind_of(first);
    if (!kind) return std::unexpected(Error::kBadNode);
    const auto size = SUBSTRATEE_TRY(read_size(in, first, *kind));
    node.partial = SUBSTRATEE_TRY(read_partial(in, size));
    node.is_value_hashed = kind->is_value_hashed;
    const auto bitmap =
        kind->is_branch ? static_cast<unsigned>(SUBSTRATEE_TRY_OR(Error::kBadNode, in.little_endian(2))) : 0u;
    if (kind->is_branch && !branches(*kind, bitmap)) return std::unexpected(Error::kBadNode);
    if (kind->has_value) node.value = SUBSTRATEE_TRY(read_value(in, *kind));
    node.children = SUBSTRATEE_TRY(read_children(in, bitmap));
  }
  if (!in.rest().empty()) return std::unexpected(Error::kBadNode);
  return node;
}

}  // namespace substratee::trie
