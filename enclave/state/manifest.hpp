#pragma once

/// The one block of a state without parent: says what the state is, and where its index begins.

#include "core/registry/types.hpp"
#include "core/scale/codec.hpp"
#include "enclave/state/error.hpp"
#include "enclave/state/key_ring.hpp"
#include "enclave/state/shape.hpp"

namespace substratee::enclave::state {

inline constexpr std::uint32_t kFormat = 2;

struct Manifest {
  std::uint32_t format = kFormat;
  registry::ShardId shard;
  Writer writer;
  registry::StateCid previous;  ///< root that this one was made from; all zero for the first
  std::uint64_t records = 0;
  std::uint32_t leaves = 0;
  std::uint8_t levels = 0;  ///< of index pages; the top page stands on this level
  Hash256 top;              ///< digest of the top page
  Writer top_writer;
  Shape shape;
  SUBSTRATEE_FIELDS(Manifest, format, shard, writer, previous, records, leaves, levels, top, top_writer, shape)
  friend bool operator==(const Manifest&, const Manifest&) = default;
};

}  // namespace substratee::enclave::state
