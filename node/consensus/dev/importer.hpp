#pragma once

/// Blocks that somebody else has sealed: everything about them is checked, everything in them executed, before they are
/// worth committing. In two steps, so that all cores have work: what needs no state (seals, roots of extrinsics,
/// signatures) for many blocks at once and ahead of their turn; then execution, block by block.

#include "core/crypto/ed25519.hpp"
#include "node/runtime/runtime.hpp"
#include "node/storage/chain_store.hpp"

#include <functional>

namespace substratee::node::consensus::dev {

/// A block as it travels.
struct SealedBlock {
  primitives::Header header;
  std::vector<Bytes> extrinsics;
  SUBSTRATEE_FIELDS(SealedBlock, header, extrinsics)
  friend bool operator==(const SealedBlock&, const SealedBlock&) = default;
};

/// What is wrong with a block, for people: goes on behind "block #5 ".
struct BlockFault {
  std::string text;
  friend bool operator==(const BlockFault&, const BlockFault&) = default;
};

/// Hash of a block that stands before the one at hand. Called from many threads.
using HashAt = std::function<std::optional<primitives::BlockHash>(primitives::BlockNumber)>;

/// The first step, on `threads` threads: one verdict per block, nothing where nothing is wrong. A verdict holds if the
/// hashes that `hash_at` gave do, so only as far as the blocks follow each other.
[[nodiscard]] std::vector<std::optional<BlockFault>> verify_ahead(std::span<const SealedBlock> blocks,
                                                                  const HashAt& hash_at,
                                                                  const crypto::ed25519::PublicKey& authority,
                                                                  unsigned threads);

/// The second step: `block` has passed the first one. On top of the best block of `store`; writes nothing.
[[nodiscard]] std::expected<storage::NewBlock, BlockFault> execute_block(storage::ChainStore& store,
                                                                         const SealedBlock& block);

}  // namespace substratee::node::consensus::dev
