#pragma once

/// The step from one root's nodes to the next: what is equal in plaintext is carried over, the rest is sealed. The
/// nodes are changed in place, and the public tree learns of each.

#include "core/ipld/cid.hpp"
#include "enclave/state/nodes.hpp"
#include "enclave/state/page.hpp"
#include "enclave/state/recut.hpp"
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
  /// What is sealed goes behind `blocks`.
  NodeWriter(const crypto::Secret<32>& state_key, const registry::ShardId& shard, const Writer& writer,
             std::vector<ipld::Block>& blocks)
      : state_key_(&state_key), shard_(&shard), writer_(&writer), blocks_(&blocks) {}

  /// `old` (may be nullptr) if it has this content, else a new node.
  [[nodiscard]] NodeRef write(const NodeRef* old, const Frame& frame);
  [[nodiscard]] NodeRef write(const NodeRef* old, const crypto::WipedBytes& content) {
    return write(old, Frame::of(content.view()));
  }
  [[nodiscard]] const Writer& writer() const noexcept { return *writer_; }

 private:
  const crypto::Secret<32>* state_key_;
  const registry::ShardId* shard_;
  const Writer* writer_;
  std::vector<ipld::Block>* blocks_;
};

/// The pieces of one record's value as it is now; empty: the record is gone.
void write_pieces(const Bytes& key, ByteView value, Nodes& nodes, PublicTree& tree, NodeWriter& writer);

/// How many padding leaves these nodes must have.
[[nodiscard]] std::uint32_t wanted_padding(const Shape& shape, const Nodes& nodes) noexcept;
/// As much padding as there has to be; adds what changed to `changed`.
void write_padding(const Shape& shape, Nodes& nodes, std::vector<Changed<Bytes>>& changed, NodeWriter& writer);

/// All levels of pages where only the leaves `changed` (ascending) differ from what the pages were made of. The last
/// level is a single page, also over no leaves. The tree learns of leaves and pages.
void write_pages(const crypto::Secret<32>& cut_key, std::vector<Changed<Bytes>> changed, Nodes& nodes, PublicTree& tree,
                 NodeWriter& writer);

}  // namespace substratee::enclave::state
