#pragma once

/// The public face of a state: a UnixFS directory {index, leaves, manifest} over the encrypted blocks, which any IPFS
/// tool can pin, export and fetch by one CID. `index` holds the pages from the top level down, `leaves` the leaves,
/// both in key order; inner file nodes end by content, so that an inserted leaf rewrites one node a level and not all
/// that follow.

#include "core/ipld/cid.hpp"
#include "core/registry/types.hpp"
#include "enclave/state/error.hpp"
#include "enclave/state/nodes.hpp"

#include <vector>

namespace substratee::enclave::state {

struct PublicTree {
  registry::StateCid root;
  std::vector<ipld::Block> blocks;  ///< the dag-pb nodes, children first, the root last
};

[[nodiscard]] PublicTree make_tree(const Hash256& manifest, const Nodes& nodes);

/// The manifest's digest. kBadDirectory, or kBadSize if the block is larger than such a directory can be.
[[nodiscard]] Result<Hash256> read_root(ByteView block);

}  // namespace substratee::enclave::state
