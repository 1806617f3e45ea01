#pragma once

/// Where a gateway takes the blocks from that it serves: the store of this process, or a daemon. Any thread.

#include "core/base/bytes.hpp"
#include "core/ipld/cid.hpp"
#include "worker/ipfs/failure.hpp"

namespace substratee::worker::ipfs {

class BlockSource {
 public:
  virtual ~BlockSource() = default;

  /// kNotFound, or kCorrupt if the stored bytes are not what `cid` names.
  [[nodiscard]] virtual Result<Bytes> get(const ipld::Cid& cid) const = 0;

  /// Somebody asked for the DAG below `cid`: for a source that keeps for a while what is in use.
  virtual void note_served(const ipld::Cid& cid) const { static_cast<void>(cid); }
};

}  // namespace substratee::worker::ipfs
