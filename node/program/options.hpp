#pragma once

/// The command line of substratee-node: what each command takes. Secrets never stand on it.

#include "core/primitives/keyring.hpp"
#include "core/registry/types.hpp"
#include "node/consensus/dev/engine.hpp"
#include "node/program/rpc_options.hpp"
#include "node/storage/pruning.hpp"

#include <filesystem>
#include <string>
#include <variant>

namespace substratee::node::program {

using std::filesystem::path;

struct RunOptions {
  bool dev = false;
  path base_path;  ///< empty: a temporary directory
  path chain;      ///< empty: none
  std::optional<storage::Pruning> pruning;
  RpcOptions rpc;
  std::optional<consensus::dev::Sealing> sealing;  ///< nothing: as the chain wants it
  std::optional<std::uint64_t> block_time;         ///< milliseconds
  std::vector<registry::Measurement> allowed_measurements;
  path ready_file;  ///< empty: none
  std::string log_level = "info";
};

struct PurgeOptions {
  path base_path;
  bool with_key = false;
  bool yes = false;  ///< without asking
};

struct ExportOptions {
  path base_path;
  path file;
  primitives::BlockNumber from = 1;
  std::optional<primitives::BlockNumber> to;  ///< nothing: the best block
};

struct ImportOptions {
  path base_path;
  path file;
  path chain;  ///< empty: the chain that is there, or that of the file
  std::optional<storage::Pruning> pruning;
};

struct CheckOptions {
  path base_path;
};

struct BuildSpecOptions {
  path chain;  ///< empty: begin with a development chain
  std::optional<std::string> name;
  std::optional<std::string> id;
  std::optional<std::string> type;
  std::optional<std::string> authority;
  std::optional<std::string> sudo;
  std::vector<std::string> endow;  ///< ACCOUNT=AMOUNT
  std::vector<registry::Measurement> allowed_measurements;
  path attestation_policy;  ///< empty: none
  std::optional<std::uint64_t> fee_per_byte;
  std::optional<std::uint64_t> fee_per_microsecond;
  std::optional<consensus::dev::Sealing> sealing;
  std::optional<std::uint64_t> block_time;
};

struct KeyGenerateOptions {
  primitives::Scheme scheme = primitives::Scheme::kSr25519;
  unsigned words = 12;
  path file;  ///< empty: the phrase goes to standard output
};

struct KeyInspectOptions {
  primitives::Scheme scheme = primitives::Scheme::kSr25519;
  path file = "-";                     ///< "-": standard input
  std::optional<std::string> address;  ///< look at this instead of a secret
};

struct KeyInsertOptions {
  path base_path;
  path file = "-";
};

/// Nothing more to do: help and version are printed, or the mistake is explained.
struct Exit {
  int code = 0;
};

using Command = std::variant<RunOptions, PurgeOptions, ExportOptions, ImportOptions, CheckOptions, BuildSpecOptions,
                             KeyGenerateOptions, KeyInspectOptions, KeyInsertOptions, Exit>;

/// Exit code of a wrong command line.
inline constexpr int kUsageError = 2;

[[nodiscard]] Command parse_command_line(int argc, const char* const* argv);

}  // namespace substratee::node::program
