#pragma once

#include "worker/program/options.hpp"

namespace substratee::worker::program {

/// Runs a worker until it is stopped; the exit status (options.cpp lists them).
[[nodiscard]] int run(const Options& options);

/// Runs a command on blocks; the exit status.
[[nodiscard]] int run(const ipfs_commands::Options& options);

}  // namespace substratee::worker::program
