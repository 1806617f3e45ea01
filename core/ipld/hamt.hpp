#pragma once

/// Sharded UnixFS directories (specs.ipfs.tech/unixfs, HAMTShard), read only. An entry's place is the murmur3-x64-64
/// hash of its name, taken from its high bits, a slot number per level; a link's name is the slot in hexadecimal, then
/// the entry's name; a link to a shard below has the slot alone.

#include "core/base/bytes.hpp"
#include "core/ipld/cid.hpp"
#include "core/ipld/error.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace substratee::ipld {

struct HamtLink {
  std::size_t slot = 0;
  std::string name;  ///< of the entry; empty for a shard below
  Cid cid;
};

struct HamtShard {
  std::size_t fanout = 0;       ///< slots: a power of two from 8 to 1024
  std::vector<HamtLink> links;  ///< by slot, each slot at most once
};

/// kBadUnixFs for another hash, a fanout out of bounds, or links that contradict the bitfield; or why the node cannot
/// be read.
[[nodiscard]] Result<HamtShard> read_hamt_shard(ByteView block);

/// The way of one name through the shards.
class HamtPath {
 public:
  explicit HamtPath(std::string_view name);

  /// The link to follow: to the entry, or to the shard in which to ask again. kNotFound; kBadUnixFs once the hash is
  /// used up.
  [[nodiscard]] Result<HamtLink> next(const HamtShard& shard);

 private:
  std::string name_;
  std::uint64_t hash_;
  unsigned used_ = 0;  ///< bits
};

}  // namespace substratee::ipld
