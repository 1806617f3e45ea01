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
  substratee-node build-spec --authority 5Fcg… > chain.json
  substratee-node key insert --base-path ~/mine --file authority.phrase
  substratee-node --chain chain.json --base-path ~/mine
      A chain of your own, sealed with your key.
  substratee-node purge-chain --base-path ~/.substratee/node
      Forget that chain; its key is kept.
)";

const std::map<std::string, consensus::dev::Sealing> kSealings = {{"interval", consensus::dev::Sealing::kInterval},
                                                                  {"instant", consensus::dev::Sealing::kInstant}};
const std::map<std::string, primitives::Scheme> kSchemes = {{"sr25519", primitives::Scheme::kSr25519},
                                                            {"ed25519", primitives::Scheme::kEd25519},
                                                            {"ecdsa", primitives::Scheme::kEcdsa}};

/// An option with one of the names in `table`, into `out`.
template <class T, class Out>
CLI::Option* add_choice(CLI::App& app, const std::string& name, const std::map<std::string, T>& table, Out& out,
                        const std::string& help) {
  return app.add_option_function<std::string>(
                name, [&](const std::string& text) { out = table.at(text); }, help)
      ->check(CLI::IsMember(table));
}

void add_sealing(CLI::App& app, std::optional<consensus::dev::Sealing>& sealing, std::optional<std::uint64_t>& time) {
  add_choice(app, "--sealing", kSealings, sealing,
             "When to make blocks: each block time, or as soon as there is a transaction [interval]");
  app.add_option("--block-time", time, "Milliseconds between blocks [1000]")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{3'600'000}))
      ->type_name("MS");
}

void add_measurements(CLI::App& app, std::vector<registry::Measurement>& out, const std::string& help) {
  const auto check = [](const std::string& text) {
    return fixed_from_hex<32>(text)
               ? std::string()
               : std::string("expected 32 bytes in hexadecimal, as `substratee-enclave --measurement` prints them");
  };
  const auto take = [&out](const std::vector<std::string>& texts) {
    for (const auto& text : texts) out.push_back(*fixed_from_hex<32>(text));
  };
  app.add_option_function<std::vector<std::string>>("--allow-measurement", take, help)
      ->check(check)
      ->type_name("HEX")
      ->allow_extra_args(false);
}

void add_pruning(CLI::App& app, std::optional<storage::Pruning>& out) {
  const auto check = [](const std::string& text) {
    return storage::pruning_from(text) ? std::string() : std::string("expected a number of blocks, or archive");
  };
  app.add_option_function<std::string>(
         "--pruning", [&out](const std::string& text) { out = storage::pruning_from(text); },
         "For how many recent blocks states are kept; archive: for all. An existing chain keeps its own [256]")
      ->check(check)
      ->type_name("N|archive");
}

void add_base_path(CLI::App& app, path& out, const std::string& help) {
  app.add_option("--base-path", out, help)->required()->type_name("DIR");
}

void add_chain(CLI::App& app, path& out, const std::string& help) {
  app.add_option("--chain", out, help)->type_name("FILE");
}

void add_scheme(CLI::App& app, primitives::Scheme& out) {
  add_choice(app, "--scheme", kSchemes, out, "Kind of key [sr25519]");
}

constexpr const char* kSecretFile =
    "File whose first line is the secret: a phrase, or 0x and a seed; - is standard input [-]";

/// What the command line fills in; one of them is returned.
struct Raw {
  RunOptions run;
  PurgeOptions purge;
  ExportOptions exported;
  ImportOptions imported;
  CheckOptions check;
  BuildSpecOptions spec;
  KeyGenerateOptions generate;
  KeyInspectOptions inspect;
  KeyInsertOptions insert;
};

void add_run(CLI::App& app, RunOptions& run) {
  auto* dev =
      app.add_flag("--dev", run.dev,
                   "Run a development chain: one authority, //Alice funded and root. NOT SECURE, for development only");
  app.add_option("--chain", run.chain, "Run the chain of this specification (see build-spec); needs --base-path")
      ->type_name("FILE")
      ->excludes(dev);
  app.add_option("--base-path", run.base_path,
                 "Directory of the chain and its key; without it a temporary one, removed at the end")
      ->type_name("DIR");
  add_pruning(app, run.pruning);
  add_sealing(app, run.sealing, run.block_time);
  add_measurements(
      app, run.allowed_measurements,
      "Enclave measurement that a new chain allows; repeatable. Default: that of substratee-enclave beside "
      "this program");
  add_rpc_flags(app, run.rpc);
  app.add_option("--ready-file", run.ready_file, "Written with the WebSocket URL once RPC answers, for scripts")
      ->type_name("PATH");
  app.add_option("--log-level", run.log_level, "How much to tell")
      ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "off"}))
      ->type_name("LEVEL")
      ->capture_default_str();
}

void add_export(CLI::App& app, ExportOptions& out) {
  add_base_path(app, out.base_path, "Directory of the chain; its node must be stopped");
  app.add_option("--from", out.from, "First block; only a file from block 1 on carries the genesis state")
      ->check(CLI::Range(1u, ~0u))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--to", out.to, "Last block [the best one]")->check(CLI::Range(1u, ~0u))->type_name("N");
  app.add_option("FILE", out.file, "Written when all of it is there; replaced")->required();
}

void add_import(CLI::App& app, ImportOptions& out) {
  add_base_path(app, out.base_path, "Directory of the chain, or of a new one");
  add_chain(app, out.chain, "The file must be of the chain of this specification, which is kept for later starts");
  add_pruning(app, out.pruning);
  app.add_option("FILE", out.file, "As export-blocks writes it")->required();
}

void add_purge(CLI::App& app, PurgeOptions& out) {
  add_base_path(app, out.base_path, "Directory given when the chain was made");
  app.add_flag("--with-key", out.with_key,
               "Remove the sealing key too: without a copy of it nobody can ever add a block to that chain");
  app.add_flag("-y,--yes", out.yes, "Do not ask; needed when standard input is no terminal");
}

void add_build_spec(CLI::App& app, BuildSpecOptions& out) {
  add_chain(app, out.chain, "Begin with this specification; else with a new chain on which nobody is rich or root");
  app.add_option("--name", out.name, "Name that clients show")->type_name("TEXT");
  app.add_option("--id", out.id, "Short name for programs")->type_name("TEXT");
  app.add_option("--type", out.type, "Development, Local or Live")
      ->check(CLI::IsMember({"Development", "Local", "Live"}))
      ->type_name("TYPE");
  app.add_option("--authority", out.authority, "Ed25519 key that seals: [NAME=] SS58 address or 0x…")->type_name("KEY");
  app.add_option("--sudo", out.sudo, "Account that may call as root; none: nobody may")->type_name("ACCOUNT");
  app.add_option("--endow", out.endow,
                 "Account with a balance at genesis; repeatable; the first replaces those there are")
      ->type_name("ACCOUNT=AMOUNT")
      ->allow_extra_args(false);
  add_measurements(app, out.allowed_measurements, "Enclave measurement that may register; repeatable");
  app.add_option("--attestation-policy", out.attestation_policy, "What evidence is accepted (docs/attestation.md)")
      ->type_name("FILE");
  app.add_option("--fee-per-byte", out.fee_per_byte, "Fee for each byte of a signed extrinsic")->type_name("AMOUNT");
  app.add_option("--fee-per-microsecond", out.fee_per_microsecond, "Fee for each microsecond of weight")
      ->type_name("AMOUNT");
  add_sealing(app, out.sealing, out.block_time);
}

/// Its sub-commands.
struct KeyApps {
  CLI::App* generate;
  CLI::App* inspect;
  CLI::App* insert;
};

KeyApps add_key(CLI::App& app, Raw& raw) {
  app.require_subcommand(1);
  auto* generate = app.add_subcommand("generate", "Draw a new key");
  add_scheme(*generate, raw.generate.scheme);
  generate->add_option("--words", raw.generate.words, "Words of the secret phrase")
      ->check(CLI::IsMember({12, 15, 18, 21, 24}))
      ->type_name("N")
      ->capture_default_str();
  generate->add_option("--file", raw.generate.file, "New file for the phrase, readable by you only; else it is printed")
      ->type_name("PATH");
  auto* inspect = app.add_subcommand("inspect", "Show the public side of a secret, or what an address means");
  add_scheme(*inspect, raw.inspect.scheme);
  auto* file = inspect->add_option("--file", raw.inspect.file, std::string(kSecretFile) + "; //junctions may follow");
  file->type_name("PATH");
  inspect->add_option("--address", raw.inspect.address, "SS58 address to look at")->type_name("SS58")->excludes(file);
  auto* insert = app.add_subcommand("insert", "Put the authority's key (ed25519) into a base path");
  add_base_path(*insert, raw.insert.base_path, "Directory of the chain that it seals");
  insert->add_option("--file", raw.insert.file, kSecretFile)->type_name("PATH");
  return {generate, inspect, insert};
}

}  // namespace

Command parse_command_line(int argc, const char* const* argv) {
  Raw raw;
  CLI::App app(
      "substratee-node: the blockchain that registers enclaves, carries their calls and judges their confirmations.",
      "substratee-node");
  app.set_version_flag("--version", std::string("substratee-node ") + kVersion);
  add_run(app, raw.run);
  auto* exported = app.add_subcommand("export-blocks", "Write the blocks of a chain into a file");
  add_export(*exported, raw.exported);
  auto* imported = app.add_subcommand(
      "import-blocks", "Check and execute the blocks of a file; goes on where an interrupted import was");
  add_import(*imported, raw.imported);
  auto* purge = app.add_subcommand("purge-chain", "Remove the chain from a base path, but not its key");
  add_purge(*purge, raw.purge);
  auto* check = app.add_subcommand("check", "Look through a whole database and say what is broken, if anything is");
  add_base_path(*check, raw.check.base_path, "Directory of the chain; its node must be stopped");
  auto* spec = app.add_subcommand("build-spec", "Print the specification of a chain, for --chain");
  add_build_spec(*spec, raw.spec);
  auto* key = app.add_subcommand("key", "Draw, show and insert keys");
  const auto keys = add_key(*key, raw);
  app.footer(kExamples);  // last, so that commands do not inherit it
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return Exit{app.exit(error) == 0 ? 0 : kUsageError};
  }
  if (*exported) return raw.exported;
  if (*imported) return raw.imported;
  if (*purge) return raw.purge;
  if (*check) return raw.check;
  if (*spec) return raw.spec;
  if (*keys.generate) return raw.generate;
  if (*keys.inspect) return raw.inspect;
  if (*keys.insert) return raw.insert;
  return raw.run;
}

}  // namespace substratee::node::program
