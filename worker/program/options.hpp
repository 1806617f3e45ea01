#pragma once

/// What substratee-worker is told on its command line.

#include "core/registry/types.hpp"
#include "net/url.hpp"
#include "worker/base/report.hpp"
#include "worker/ipfs_commands/options.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace substratee::worker::program {

struct Options {
  std::string node_url = "ws://127.0.0.1:9944";
  std::filesystem::path base_path;
  registry::ShardId shard;
  std::string api_address = "127.0.0.1";
  std::uint16_t api_port = 0;
  std::string provisioning_address = "127.0.0.1";
  std::uint16_t provisioning_port = 0;
  std::string public_api_url;           ///< empty: from the address and the port bound
  std::string public_provisioning_url;  ///< the same
  std::filesystem::path enclave;
  std::string platform = "auto";
  std::filesystem::path platform_dir;
  bool force_simulation = false;
  bool paged = false;                       ///< the state is not held in enclave memory as a whole
  std::uint32_t state_cache_mib = 256;      ///< what is held of it then
  bool state_padding = false;               ///< of a founder: hide how many leaves the state has
  std::uint16_t state_cover = 0;            ///< of a founder: hide how many leaves a block changed
  std::filesystem::path collateral_config;  ///< empty: no collateral is fetched
  std::optional<net::Url> kubo;             ///< the daemon that keeps the state; without it the worker's own store does
  std::optional<Hash256> genesis;
  std::filesystem::path ready_file;
  std::filesystem::path events_file;
  std::size_t keep_states = 64;
  BlockNumber keep_receipts = 1'000'000;
  std::string log_level = "info";
};

/// The options of `run`, or of `ipfs`; or an exit status when there is nothing to run (--help, --version, an error,
/// already said).
struct CommandLine {
  std::optional<Options> run;
  std::optional<ipfs_commands::Options> ipfs;
  int exit_status = 0;
};
[[nodiscard]] CommandLine parse_command_line(int argc, char** argv);

}  // namespace substratee::worker::program
