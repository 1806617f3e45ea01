#pragma once

/// The step from one root's nodes to the next: what is equal in plaintext is carried over, the rest is sealed.

#include "core/ipld/cid.hpp"
#include "enclave/state/error.hpp"
#include "enclave/state/nodes.hpp"

#include <span>
#include <vector>

namespace substratee::enclave::state {

/// Most levels of index pages; with at least 44 entries a page, no memory holds more.
inline constexpr std::size_t kMaxLevels = 8;

/// Index of the first of `nodes` (in key order) whose first key is not below `key`.
[[nodiscard]] std::size_t lower_bound(std::span<const NodeRef> nodes, ByteView key) noexcept;

/// Seals for one transition, or, made without a writer, only recognises. All arguments live longer than it.
class NodeWriter {
 public:
  NodeWriter() = default;
  /// What is sealed goes behind `blocks`.
  NodeWriter(const crypto::Secret<32>& state_key, const registry::ShardId& shard, const Writer& writer,
             std::vector<ipld::Block>& blocks)
      : state_key_(&state_key), shard_(&shard), writer_(&writer), blocks_(&blocks) {}

  /// The node of `old` (in key order) with this content, else a new one; kWrongCut if there is no writer to make it.
  [[nodiscard]] Result<NodeRef> write(std::span<const NodeRef> old, ByteView first_key, ByteView content);

 private:
  const crypto::Secret<32>* state_key_ = nullptr;
  const registry::ShardId* shard_ = nullptr;
  const Writer* writer_ = nullptr;
  std::vector<ipld::Block>* blocks_ = nullptr;
};

/// All levels of pages over `leaves`; the last one is a single page, also over no leaves.
[[nodiscard]] Result<std::vector<std::vector<NodeRef>>> write_pages(const crypto::Secret<32>& cut_key,
                                                                    std::span<const NodeRef> leaves,
                                                                    const std::vector<std::vector<NodeRef>>& old,
                                                                    NodeWriter& writer);

}  // namespace substratee::enclave::state
