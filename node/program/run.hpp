#pragma once

/// The commands of substratee-node, from start to exit code. What goes wrong is one sentence on standard error.

#include "node/program/options.hpp"

namespace substratee::node::program {

/// Serves until SIGINT or SIGTERM. Call from the main thread before any other thread exists.
[[nodiscard]] int run(const RunOptions& options);
[[nodiscard]] int purge(const PurgeOptions& options);

}  // namespace substratee::node::program
