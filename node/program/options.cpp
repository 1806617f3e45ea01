#include "node/program/options.hpp"

#include "core/base/hex.hpp"
#include "node/program/version.hpp"

#include <CLI/CLI.hpp>

namespace substratee::node::program {

namespace {

constexpr const char* kExamples = R"(Examples:
  substratee-node --dev
      A new development chain in a temporary directory, RPC on ws://127.0.0.1:9944, a block every second.
  substratee-node --dev --base-path ~/.substratee/node
      The same, kept: the next start goes on with that chain.
  substratee-node --dev --sealing instant --rpc-port 0 --ready-file /tmp/node.url
      For tests: blocks on demand, any free port, whose address stands in the file as soon as the node answers.
  substratee-node --dev --allow-measurement 0x5f3c…
      Only enclaves of that measurement may register (see `substratee-enclave --measurement`).
  substratee-node purge-chain --base-path ~/.substratee/node
      Forget that chain and its key.
)";

/// Flags as text, as CLI11 fills them in.
struct Raw {
  RunOptions run;
  PurgeOptions purge;
  std::string sealing = "interval";
  std::vector<std::string> measurements;
};

std::string check_measurement(const std::string& text) {
  return fixed_from_hex<32>(text)
             ? std::string()
             : "expected 32 bytes in hexadecimal, as `substratee-enclave --measurement` prints them";
}

void add_chain_flags(CLI::App& app, Raw& raw) {
  app.add_flag("--dev", raw.run.dev,
               "Run a development chain: one authority, //Alice funded and root. NOT SECURE, for development only");
  app.add_option("--base-path", raw.run.base_path,
                 "Directory of the chain and its key; without it a temporary one, removed at the end")
      ->type_name("DIR");
  app.add_option("--block-time", raw.run.engine.block_time, "Milliseconds between blocks")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{3'600'000}))
      ->type_name("MS")
      ->capture_default_str();
  app.add_option("--sealing", raw.sealing, "When to make blocks: each block time, or as soon as there is a transaction")
      ->check(CLI::IsMember({"interval", "instant"}))
      ->type_name("interval|instant")
      ->capture_default_str();
  app.add_option("--allow-measurement", raw.measurements,
                 "Enclave measurement that a new chain allows; repeatable. Default: that of substratee-enclave beside "
                 "this program")
      ->check(check_measurement)
      ->type_name("HEX")
      ->allow_extra_args(false);
}

void add_service_flags(CLI::App& app, Raw& raw) {
  app.add_option("--rpc-port", raw.run.rpc_port, "Port of JSON-RPC (HTTP and WebSocket); 0 takes any free one")
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--rpc-address", raw.run.rpc_address,
                 "Address to listen on; anything but loopback opens the node to strangers")
      ->type_name("ADDR")
      ->capture_default_str();
  app.add_option("--ready-file", raw.run.ready_file, "Written with the WebSocket URL once RPC answers, for scripts")
      ->type_name("PATH");
  app.add_option("--log-level", raw.run.log_level, "How much to tell")
      ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "off"}))
      ->type_name("LEVEL")
      ->capture_default_str();
}

RunOptions finish(Raw raw) {
  raw.run.engine.sealing =
      raw.sealing == "instant" ? consensus::dev::Sealing::kInstant : consensus::dev::Sealing::kInterval;
  for (const auto& text : raw.measurements) raw.run.allowed_measurements.push_back(*fixed_from_hex<32>(text));
  return std::move(raw.run);
}

}  // namespace

Command parse_command_line(int argc, const char* const* argv) {
  Raw raw;
  CLI::App app(
      "substratee-node: the blockchain that registers enclaves, carries their calls and judges their confirmations.",
      "substratee-node");
  app.set_version_flag("--version", std::string("substratee-node ") + kVersion);
  app.footer(kExamples);
  add_chain_flags(app, raw);
  add_service_flags(app, raw);
  auto* purge = app.add_subcommand("purge-chain", "Remove the chain and its key from a base path");
  purge->add_option("--base-path", raw.purge.base_path, "Directory given when the chain was made")
      ->required()
      ->type_name("DIR");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return Exit{app.exit(error) == 0 ? 0 : kUsageError};
  }
  if (*purge) return raw.purge;
  return finish(std::move(raw));
}

}  // namespace substratee::node::program
