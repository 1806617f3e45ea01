#pragma once

/// The commands: each does its work, tells it, and returns the exit status. One file each.

#include "node/program/options.hpp"

namespace substratee::node::program {

/// Until SIGINT or SIGTERM.
[[nodiscard]] int execute(const RunOptions& options);
[[nodiscard]] int execute(const PurgeOptions& options);
[[nodiscard]] int execute(const ExportOptions& options);
[[nodiscard]] int execute(const ImportOptions& options);
/// 1 if something is broken.
[[nodiscard]] int execute(const CheckOptions& options);
[[nodiscard]] int execute(const BuildSpecOptions& options);
[[nodiscard]] int execute(const KeyGenerateOptions& options);
[[nodiscard]] int execute(const KeyInspectOptions& options);
[[nodiscard]] int execute(const KeyInsertOptions& options);
[[nodiscard]] inline int execute(const Exit& exit) { return exit.code; }

}  // namespace substratee::node::program
