#pragma once

/// The multihashes of all blocks that some roots reach. A node that is not here, or cannot be read as one, leads
/// nowhere; one that has gone bad is an error. For one thread.

#include "worker/ipfs/block_store.hpp"

#include <string>
#include <unordered_set>

namespace substratee::worker::ipfs {

class Reachable {
 public:
  /// `store` must outlive this.
  explicit Reachable(const BlockStore& store) : store_(store) {}

  /// kCancelled after a stop request.
  [[nodiscard]] Result<void> add(const ipld::Cid& root, const std::stop_token& stop = {});
  [[nodiscard]] bool contains(const std::string& multihash) const { return live_.contains(multihash); }

 private:
  [[nodiscard]] Result<std::vector<ipld::Cid>> links_of(const ipld::Cid& cid) const;

  const BlockStore& store_;
  std::unordered_set<std::string> live_;
  std::unordered_set<std::string> visited_;  ///< nodes whose links are among the live ones
};

}  // namespace substratee::worker::ipfs
