#include "worker/program/options.hpp"

#include "core/base/hex.hpp"

#include <CLI/CLI.hpp>

namespace substratee::worker::program {
namespace {

const std::string kVersion = "substratee-worker " SUBSTRATEE_VERSION;

constexpr const char* kExamples = R"(Examples:
  substratee-worker run --base-path ./worker-1
      joins (or founds) the shard counter/default of the node at ws://127.0.0.1:9944
  substratee-worker run --base-path ./worker-2 --node-url ws://10.0.0.5:9944 --genesis 0x… \
      --api-address 0.0.0.0 --api-port 9955 --provisioning-address 0.0.0.0 --provisioning-port 9966 \
      --public-api-url http://worker2.example:9955 --public-provisioning-url tcp://worker2.example:9966
      a worker on another machine, pinned to one chain

Exit status: 0 stopped by SIGINT or SIGTERM; 1 an error, said in one line; 2 a wrong command line;
  3 another instance is registered under this account; 4 stopped, and quarantined by the chain; 5 stopped, and the
  chain's authority sealed two blocks at one height. With 4 and 5 the worker serves nothing but evidence until stopped.)";

/// The texts as CLI11 reads them, before they become values.
struct Texts {
  std::string shard;
  std::string genesis;
  std::string ipfs = "embedded";
};

constexpr std::string_view kKubo = "kubo=";

/// The daemon's address in "kubo=http://127.0.0.1:5001"; nothing for anything else.
std::optional<net::Url> kubo_url(std::string_view text) {
  if (!text.starts_with(kKubo)) return std::nullopt;
  auto url = net::Url::parse(text.substr(kKubo.size()));
  if (!url || !url->scheme.starts_with("http")) return std::nullopt;
  return *std::move(url);
}

CLI::Validator ipfs_text() {
  return {[](std::string& text) {
            return text == "embedded" || kubo_url(text)
                       ? std::string()
                       : "\"" + text + "\" is neither embedded nor kubo=http://ADDRESS:PORT";
          },
          "embedded|kubo=URL", "ipfs"};
}

CLI::Validator hash_text() {
  return {[](std::string& text) {
            return fixed_from_hex<32>(text) ? std::string() : "\"" + text + "\" is not 32 bytes in hex";
          },
          "HASH", "hash"};
}

void add_run_options(CLI::App& run, Options& options, Texts& texts) {
  run.add_option("--node-url", options.node_url, "The node's JSON-RPC over WebSocket")->capture_default_str();
  run.add_option("--base-path", options.base_path, "Folder for sealed keys, state blocks and receipts; made if need be")
      ->required();
  run.add_option("--shard", texts.shard, "The shard to serve (default: that of \"counter\" named \"default\")")
      ->check(hash_text());
  run.add_option("--genesis", texts.genesis,
                 "Genesis hash of the chain; without it the node's is taken on first use and kept")
      ->check(hash_text());
  run.add_option("--api-address", options.api_address, "Where clients and other workers connect")
      ->capture_default_str();
  run.add_option("--api-port", options.api_port, "0: any free port")->capture_default_str();
  run.add_option("--provisioning-address", options.provisioning_address, "Where joining enclaves connect")
      ->capture_default_str();
  run.add_option("--provisioning-port", options.provisioning_port, "0: any free port")->capture_default_str();
  run.add_option("--public-api-url", options.public_api_url,
                 "What is registered as worker_url (default: http://<address>:<port>)");
  run.add_option("--public-provisioning-url", options.public_provisioning_url,
                 "What is registered as provisioning_url (default: tcp://<address>:<port>)");
  run.add_option("--enclave", options.enclave, "The enclave program (default: substratee-enclave beside this program)");
  run.add_option(
         "--platform", options.platform,
         "What gives evidence: gramine (SGX), tsm (TDX, SEV-SNP), simulated, or auto: the hardware that protects\n"
         "the enclave, else simulated")
      ->check(CLI::IsMember({"auto", "gramine", "tsm", "simulated"}))
      ->capture_default_str();
  run.add_flag("--insecure-force-simulation", options.force_simulation,
               "Simulate although this machine has a real TEE: nothing is protected");
  run.add_option("--collateral-config", options.collateral_config,
                 "Where collateral for hardware evidence comes from (intel_cert/collateral.toml)")
      ->check(CLI::ExistingFile);
  run.add_option("--platform-dir", options.platform_dir,
                 "Keys of the simulated platform (default: <base-path>/platform)");
  auto* paged = run.add_flag(
      "--paged", options.paged,
      "Hold only an index and a cache of the state in enclave memory, for states that are larger than it. This\n"
      "host then sees which leaf of the state each call and query touches (docs/threat-model.md)");
  run.add_option("--state-cache", options.state_cache_mib, "With --paged: MiB of the state that the enclave holds")
      ->check(CLI::Range(1U, 1U << 20))
      ->needs(paged)
      ->capture_default_str();
  run.add_flag("--state-padding", options.state_padding,
               "Of a founder, for the whole shard: pad the number of the state's leaves, by at most 12 %");
  run.add_option(
         "--state-cover", options.state_cover,
         "Of a founder, for the whole shard: write at least so many unchanged leaves anew with each block that\n"
         "changes the state, and round the sum up to 8, 16, 32, … (docs/threat-model.md)")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  run.add_option("--ipfs", texts.ipfs,
                 "Where the encrypted state is kept: in a store of this worker, or in a Kubo daemon (its RPC address)")
      ->check(ipfs_text())
      ->capture_default_str();
  run.add_option("--keep-states", options.keep_states,
                 "How many of the newest states stay in the store, beside those in use, for workers that join or come\n"
                 "back; each costs what its block changed")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  run.add_option("--keep-receipts", options.keep_receipts,
                 "For how many blocks sealed receipts stay; clients fetch theirs within that time. 0: for ever")
      ->capture_default_str();
  run.add_option("--ready-file", options.ready_file,
                 "Written with addresses and account when the worker is live for the first time");
  run.add_option("--events-file", options.events_file,
                 "Appends one JSON line for each event (registered, processed, …)");
  run.add_option("--log-level", options.log_level, "What is logged")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}))
      ->capture_default_str();
}

void complete(Options& options, const Texts& texts, const char* program) {
  options.shard = texts.shard.empty() ? registry::shard_id("counter", "default") : *fixed_from_hex<32>(texts.shard);
  if (!texts.genesis.empty()) options.genesis = fixed_from_hex<32>(texts.genesis);
  options.kubo = kubo_url(texts.ipfs);
  if (options.platform_dir.empty()) options.platform_dir = options.base_path / "platform";
  if (options.enclave.empty()) {
    std::error_code error;
    auto self = std::filesystem::read_symlink("/proc/self/exe", error);
    if (error) self = program;
    options.enclave = self.parent_path() / "substratee-enclave";
  }
}

}  // namespace

CommandLine parse_command_line(int argc, char** argv) {
  CLI::App app{
      "The untrusted half of a substraTEE worker: it starts the enclave, follows the chain for it, keeps its\n"
      "encrypted state, and serves clients and other workers.",
      "substratee-worker"};
  app.set_version_flag("--version", kVersion);
  app.footer(kExamples);
  app.require_subcommand(1);
  Options options;
  Texts texts;
  auto* run = app.add_subcommand("run", "Runs the worker until SIGINT or SIGTERM");
  add_run_options(*run, options, texts);
  const ipfs_commands::CommandLine ipfs(app);
  app.get_subcommand("ipfs")->set_version_flag("--version", kVersion);
  try {
    app.parse(argc, argv);
    if (auto chosen = ipfs.chosen()) return {std::nullopt, std::move(chosen), 0};
  } catch (const CLI::ParseError& error) {
    const int status = app.exit(error);
    return {std::nullopt, std::nullopt, status == 0 ? 0 : 2};
  }
  complete(options, texts, argv[0]);
  return {std::move(options), std::nullopt, 0};
}

}  // namespace substratee::worker::program
