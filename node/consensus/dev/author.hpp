#pragma once

/// Makes the next block: executes candidates on the best state, computes the roots, seals. Writes nothing.

#include "core/crypto/ed25519.hpp"
#include "node/runtime/runtime.hpp"
#include "node/storage/chain_store.hpp"

namespace substratee::node::consensus::dev {

/// What became of candidate `index`.
struct Refused {
  std::size_t index = 0;
  runtime::InvalidReason reason{};
};

struct Authored {
  storage::NewBlock block;
  std::vector<std::size_t> included;  ///< indices of candidates, in the block's order
  std::vector<Refused> refused;       ///< kExhaustsResources and kFuture may be tried again in a later block
};

/// `candidates` are wire forms whose signatures have been checked against this chain; the timestamp must be greater
/// than the best block's. Nothing if the runtime refuses the timestamp.
[[nodiscard]] std::optional<Authored> author_block(storage::ChainStore& store, std::span<const ByteView> candidates,
                                                   std::uint64_t timestamp, const crypto::ed25519::KeyPair& authority);

}  // namespace substratee::node::consensus::dev
