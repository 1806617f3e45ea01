#pragma once

/// The step from one root's nodes to the next: what is equal in plaintext is carried over, the rest is sealed. The
/// nodes are changed in place, and the public tree learns of each.

#include "core/ipld/cid.hpp"
#include "enclave/state/nodes.hpp"
#include "enclave/state/shape.hpp"
#include "enclave/state/tree.hpp"

#include <span>
#include <vector>

namespace substratee::enclave::state {

/// Most levels of index pages; with at least 44 entries a page, no memory holds more.
inline constexpr std::size_t kMaxLevels = 8;

/// Seals for one transition. All arguments live longer than it.
class NodeWriter {
 public:
  NodeWriter(const crypto::Secret<32>& state_key, const registry::ShardId& shard, const Writer& writer)
      : state_key_(&state_key), shard_(&shard), writer_(&writer) {}

  /// `old` (may be nullptr) if it has this content, else a new node.
  [[nodiscard]] NodeRef write(const NodeRef* old, ByteView content);
  [[nodiscard]] const Writer& writer() const noexcept { return *writer_; }
  /// What was sealed, in order.
  [[nodiscard]] std::vector<ipld::Block>& blocks() noexcept { return blocks_; }

 private:
  const crypto::Secret<32>* state_key_ = nullptr;
  const registry::ShardId* shard_ = nullptr;
  const Writer* writer_ = nullptr;
  std::vector<ipld::Block> blocks_;
};

/// Everything below the manifest, where only the records `changed` (ascending) differ from what `nodes` were made of.
void write_nodes(const crypto::Secret<32>& cut_key, const Shape& shape, const Records& records,
                 std::span<const Bytes> changed, Nodes& nodes, PublicTree& tree, NodeWriter& writer);

/// How many padding leaves these nodes must have.
[[nodiscard]] std::uint32_t wanted_padding(const Shape& shape, const Nodes& nodes) noexcept;

}  // namespace substratee::enclave::state
