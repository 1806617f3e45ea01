#pragma once

#include "worker/ipfs_commands/options.hpp"

#include <stop_token>

namespace substratee::worker::ipfs_commands {

/// Does what was asked; the exit status. A stop request ends it (`serve` rightly, the others with an error).
[[nodiscard]] int run(const Options& options, const std::stop_token& stop);

}  // namespace substratee::worker::ipfs_commands
