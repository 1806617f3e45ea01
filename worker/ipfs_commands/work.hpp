#pragma once

/// What accompanies every long command: the store, the wish to stop, and who is told of progress.

#include "worker/ipfs/block_store.hpp"

#include <functional>
#include <stop_token>

namespace substratee::worker::ipfs_commands {

struct Work {
  ipfs::BlockStore& store;
  std::stop_token stop;
  std::function<void(std::uint64_t bytes)> progress = [](std::uint64_t) {};  ///< bytes more; any thread

  [[nodiscard]] ipfs::Result<void> go_on() const {
    if (!stop.stop_requested()) return {};
    return ipfs::fail(ipfs::FailureCode::kCancelled, "it was asked to stop", "start it again");
  }
};

}  // namespace substratee::worker::ipfs_commands
