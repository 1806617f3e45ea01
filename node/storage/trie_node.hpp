#pragma once

/// One node of the state trie as the database keeps it: immutable, numbered, its encoding ready for proofs and hashes.
/// Record: compact size ‖ encoding (core/trie/node.hpp) ‖ number u64 LE of each child ‖ the value, if the encoding
/// holds its hash only. A number is given once: a node that changes is a new node.

#include "core/trie/node.hpp"
#include "node/storage/error.hpp"

#include <memory>
#include <stdexcept>

namespace substratee::node::storage {

/// 0: no node.
using NodeId = std::uint64_t;

class TrieNode;
using NodePtr = std::shared_ptr<const TrieNode>;

class TrieNode {
 public:
  explicit TrieNode(Bytes record, std::size_t begin, std::size_t end) noexcept
      : record_(std::move(record)), begin_(static_cast<std::uint32_t>(begin)), end_(static_cast<std::uint32_t>(end)) {}

  /// `children`: one number for each child of the encoded branch. `value`: the one whose hash the encoding holds.
  [[nodiscard]] static NodePtr make(ByteView encoding, std::span<const NodeId> children, std::optional<ByteView> value);
  /// Nothing unless it is a record whose value has the hash in the encoding.
  [[nodiscard]] static NodePtr from_record(Bytes record);

  [[nodiscard]] ByteView record() const noexcept { return record_; }
  [[nodiscard]] ByteView encoding() const noexcept { return ByteView(record_).subspan(begin_, end_ - begin_); }
  /// Views into this node.
  [[nodiscard]] trie::Node decoded() const noexcept;
  /// The value itself, never its hash; a view into this node.
  [[nodiscard]] std::optional<ByteView> value(const trie::Node& decoded) const noexcept;
  /// Number of the child at `nibble`, which exists.
  [[nodiscard]] NodeId child(const trie::Node& decoded, std::uint8_t nibble) const noexcept;

 private:
  Bytes record_;
  std::uint32_t begin_;
  std::uint32_t end_;
};

/// Whether `encoding` is what a branch (or, 32 bytes, the header's state root) names by `reference`.
[[nodiscard]] bool is_named_by(ByteView reference, ByteView encoding) noexcept;

/// The state cannot be read: a failing disk or a damaged database. Reads of the state have no other way to say it; the
/// node cannot go on.
class Unreadable : public std::runtime_error {
 public:
  explicit Unreadable(Error error) : std::runtime_error(error.message), error_(std::move(error)) {}
  [[nodiscard]] const Error& error() const noexcept { return error_; }

 private:
  Error error_;
};

/// Where nodes come from. Safe from any thread.
class NodeSource {
 public:
  virtual ~NodeSource() = default;
  /// The node, checked against its parent's reference to it. Throws Unreadable.
  [[nodiscard]] virtual NodePtr load(NodeId id, ByteView reference) const = 0;
};

}  // namespace substratee::node::storage
