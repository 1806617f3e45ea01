#pragma once

/// The nodes of the trie: leaf, branch, empty (polkadot-sdk, sp-trie node codec).
/// header ‖ partial key ‖ [child bitmap u16] ‖ [value] ‖ [children]. Encoding is canonical, decoding refuses the rest.

#include "core/trie/trie.hpp"

namespace substratee::trie {

/// Part of a key as half bytes, high half first. A view: the key lives elsewhere.
class Nibbles {
 public:
  Nibbles() = default;
  explicit Nibbles(ByteView key) noexcept : Nibbles(key, 0, 2 * key.size()) {}

  [[nodiscard]] std::size_t size() const noexcept { return end_ - begin_; }
  [[nodiscard]] bool empty() const noexcept { return begin_ == end_; }
  /// `index` < size().
  [[nodiscard]] std::uint8_t operator[](std::size_t index) const noexcept {
    const auto at = begin_ + index;
    return at % 2 == 0 ? key_[at / 2] >> 4 : key_[at / 2] & 0xf;
  }
  /// `start` and `start + count` ≤ size().
  [[nodiscard]] Nibbles sub(std::size_t start, std::size_t count) const noexcept {
    return {key_, begin_ + start, begin_ + start + count};
  }
  [[nodiscard]] Nibbles from(std::size_t start) const noexcept { return {key_, begin_ + start, end_}; }
  /// How many nibbles both have in common at the front.
  [[nodiscard]] std::size_t common_prefix(const Nibbles& other) const noexcept;
  [[nodiscard]] bool starts_with(const Nibbles& prefix) const noexcept {
    return common_prefix(prefix) == prefix.size();
  }

 private:
  Nibbles(ByteView key, std::size_t begin, std::size_t end) noexcept : key_(key), begin_(begin), end_(end) {}
  ByteView key_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

/// How a branch names a child: the encoded child when it is shorter than a hash, else its hash. Empty: no child.
class Reference {
 public:
  Reference() = default;
  explicit Reference(ByteView encoded_child) noexcept;
  /// As it stands in a decoded branch: at most as long as a hash.
  [[nodiscard]] static Reference from_branch(ByteView reference) noexcept {
    Reference out;
    out.size_ = static_cast<std::uint8_t>(std::min(reference.size(), out.bytes_.size()));
    std::ranges::copy(reference.first(out.size_), out.bytes_.begin());
    return out;
  }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] ByteView view() const noexcept { return ByteView(bytes_).first(size_); }

 private:
  std::array<std::uint8_t, Hash256::kSize> bytes_{};
  std::uint8_t size_ = 0;
};

using References = std::array<Reference, 16>;

/// Whether nodes hold the hash of `value` instead of the value.
[[nodiscard]] bool is_hashed(ByteView value, Layout layout) noexcept;

[[nodiscard]] Bytes encode_empty();
[[nodiscard]] Bytes encode_leaf(const Nibbles& partial, ByteView value, Layout layout);
[[nodiscard]] Bytes encode_branch(const Nibbles& partial, std::optional<ByteView> value, const References& children,
                                  Layout layout);

/// A decoded node: views into its encoding.
struct Node {
  Nibbles partial;
  std::optional<ByteView> value;  ///< the value, or its hash
  bool is_value_hashed = false;
  bool is_empty = false;                ///< the root of the empty trie
  std::array<ByteView, 16> children{};  ///< empty view: no child; 32 bytes: a hash; less: the encoded child
};

/// kBadNode unless `encoded` is exactly one canonical node.
[[nodiscard]] Result<Node> decode_node(ByteView encoded) noexcept;

}  // namespace substratee::trie
