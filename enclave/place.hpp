#pragma once

/// The sealed blob "place": where an enclave stands on the chain and what it knows there, so that a restart does not
/// begin at genesis. An older one only means more blocks to catch up with; nothing is answered from it.

#include "enclave/executor/shard_view.hpp"
#include "enclave/keys/sealing.hpp"

namespace substratee::enclave {

inline constexpr std::string_view kPlaceBlob = "place";
/// Blocks between two places. A restart verifies at most twice as many again.
inline constexpr primitives::BlockNumber kPlaceInterval = 64;

struct Place {
  static constexpr std::uint8_t kVersion = 1;
  std::uint8_t version = kVersion;
  registry::ShardId shard;
  Bytes chain;  ///< finality::VerifiedChain::snapshot
  executor::ShardPlace view;
  SUBSTRATEE_FIELDS(Place, version, shard, chain, view)
};

struct OpenedPlace {
  finality::VerifiedChain chain;
  executor::ShardView view;
};
/// kOtherChain for a place of another genesis, kCorrupt for what is no place of this shard.
[[nodiscard]] keys::Result<OpenedPlace> open_place(ByteView plaintext, const Hash256& genesis,
                                                   const registry::ShardId& shard);

}  // namespace substratee::enclave
