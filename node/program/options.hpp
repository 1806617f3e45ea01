#pragma once

/// The command line of substratee-node.

#include "core/registry/types.hpp"
#include "node/consensus/dev/engine.hpp"

#include <filesystem>
#include <string>
#include <variant>

namespace substratee::node::program {

struct RunOptions {
  bool dev = false;
  std::filesystem::path base_path;  ///< empty: a temporary directory
  std::string rpc_address = "127.0.0.1";
  std::uint16_t rpc_port = 9944;
  consensus::dev::EngineOptions engine;
  std::vector<registry::Measurement> allowed_measurements;
  std::filesystem::path ready_file;  ///< empty: none
  std::string log_level = "info";
};

struct PurgeOptions {
  std::filesystem::path base_path;
};

/// Nothing more to do: help and version are printed, or the mistake is explained.
struct Exit {
  int code = 0;
};

using Command = std::variant<RunOptions, PurgeOptions, Exit>;

/// Exit code of a wrong command line.
inline constexpr int kUsageError = 2;

[[nodiscard]] Command parse_command_line(int argc, const char* const* argv);

}  // namespace substratee::node::program
