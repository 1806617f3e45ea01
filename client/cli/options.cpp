#include "client/cli/options.hpp"

#include "client/cli/format.hpp"
#include "core/base/hex.hpp"
#include "core/primitives/ss58.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <sstream>

namespace substratee::client::cli {
namespace {

constexpr const char* kAccounts = "Account";

template <class T>
T require(std::optional<T> value, const char* option, std::string_view why) {
  if (!value) throw CLI::ValidationError(option, std::string(why));
  return *std::move(value);
}

registry::ShardId shard_from_text(const std::string& text) {
  if (const auto slash = text.find('/'); slash != std::string::npos && slash > 0 && slash + 1 < text.size()) {
    return registry::shard_id(text.substr(0, slash), text.substr(slash + 1));
  }
  return require(fixed_from_hex<32>(text), "--shard",
                 "32 bytes in hex are needed, or FUNCTION/NAME such as counter/default");
}

AccountId account_from_text(const std::string& text, const char* option) {
  if (const auto hex = fixed_from_hex<32>(text)) return *hex;
  return require(primitives::from_ss58(text), option, "not an account: an SS58 address is needed, or 32 bytes in hex")
      .account;
}

template <class T>
CLI::Option* add_choice(CLI::App* app, const std::string& name, T& value, const std::map<std::string, T>& names,
                        const std::string& description) {
  std::string words;
  for (const auto& [word, unused] : names) words += (words.empty() ? "" : "|") + word;
  return app
      ->add_option_function<std::string>(
          name,
          [&value, names, words, name](const std::string& word) {
            const auto found = names.find(word);
            if (found == names.end()) throw CLI::ValidationError(name, fmt::format("'{}' is none of {}", word, words));
            value = found->second;
          },
          description)
      ->type_name(words);
}

void add_worker_choice(CLI::App* app, Choice& choice) {
  auto* url = app->add_option_function<std::string>(
      "--worker", [&choice](const std::string& text) { choice.url = text; }, "Ask the worker at this URL");
  url->type_name("URL");
  auto* index = app->add_option_function<std::uint64_t>(
      "--worker-index", [&choice](const std::uint64_t& value) { choice.index = value; },
      "Ask the worker registered at this index (see: workers); without both: each Active one until one answers");
  index->type_name("N")->excludes(url);
}

void add_global(CLI::App& app, GlobalOptions& global) {
  auto& session = global.session;
  app.add_option("--node-url", session.node_url, "The node's WebSocket address")
      ->type_name("URL")
      ->capture_default_str();
  app.add_option_function<std::string>(
         "--shard", [&session](const std::string& text) { session.shard = shard_from_text(text); },
         "The shard: 32 bytes in hex, or FUNCTION/NAME (default: counter/default)")
      ->type_name("HEX");
  app.add_option_function<std::string>(
         "--genesis",
         [&session](const std::string& text) {
           session.genesis = require(fixed_from_hex<32>(text), "--genesis", "32 bytes in hex are needed");
         },
         "Pin the chain: refuse a node of any other genesis hash")
      ->type_name("HASH");
  app.add_option_function<std::string>(
         "--charter",
         [&session](const std::string& text) {
           session.charter = require(fixed_from_hex<32>(text), "--charter", "32 bytes in hex are needed");
         },
         "Pin the shard's charter: refuse any other (see: shard)")
      ->type_name("HASH");
  app.add_flag("--json", global.is_json, "One JSON object on standard output; progress goes to standard error");
  app.add_option_function<std::uint32_t>(
         "--timeout",
         [&session](const std::uint32_t& seconds) {
           if (seconds == 0 || seconds > 86'400) throw CLI::ValidationError("--timeout", "1 to 86400 seconds");
           session.timeout = std::chrono::seconds(seconds);
         },
         "How long each wait may last (default: 60)")
      ->type_name("SECONDS");
}

void add_account(CLI::App& app, AccountOptions& account) {
  auto* uri = app.add_option("--uri", account.uri,
                             "The account's secret URI. Others can read a command line: give a development account "
                             "(//Alice) here, a real secret through --uri-file");
  uri->type_name("URI")->capture_default_str()->group(kAccounts);
  app.add_option_function<std::string>(
         "--uri-file", [&account](const std::string& path) { account.uri_file = path; },
         "Read the secret URI from a file, or with - from standard input, so that it does not stand on the command "
         "line")
      ->type_name("FILE|-")
      ->excludes(uri)
      ->group(kAccounts);
  add_choice<primitives::Scheme>(&app, "--scheme", account.scheme,
                                 {{"sr25519", primitives::Scheme::kSr25519},
                                  {"ed25519", primitives::Scheme::kEd25519},
                                  {"ecdsa", primitives::Scheme::kEcdsa}},
                                 "Signature scheme (default: sr25519)")
      ->group(kAccounts);
}

/// Parses into one Options; the commands' values live here until the chosen one is taken.
class Parser {
 public:
  Parser() : app_("The user's end of substraTEE: encrypted calls to workers, verified answers.", "substratee-client") {
    options_.global.session.shard = registry::shard_id("counter", "default");
    app_.require_subcommand(1);
    app_.set_help_all_flag("--help-all", "Help of every command");
    app_.footer(
        "Exit status: 0 done, 2 wrong usage, 3 unreachable, 4 refused or failed verification, 5 timeout.\n"
        "Example: substratee-client --uri //Alice call \"increment 42\"");
    add_global(app_, options_.global);
    add_account(app_, options_.global.account);
    add_reading();
    add_balances();
    add_calls();
    add_proofs();
    add_questions();
    add_attestation();
    add_collateral();
  }

  std::expected<Options, Stop> run(std::vector<std::string> arguments) {
    std::ranges::reverse(arguments);  // as CLI11 takes them
    try {
      app_.parse(std::move(arguments));
    } catch (const CLI::ParseError& error) {
      if (const auto words = app_.remaining(); error.get_name() == "RequiredError" && !words.empty()) {
        return std::unexpected(
            Stop{2, "", fmt::format("'{}' is no command\nRun with --help for more information.\n", words.front())});
      }
      std::ostringstream out;
      std::ostringstream err;
      const int status = app_.exit(error, out, err) == 0 ? 0 : 2;
      return std::unexpected(Stop{status, out.str(), err.str()});
    }
    return std::move(options_);
  }

 private:
  /// A subcommand whose values are those of `command`.
  template <class T>
  CLI::App* add(const char* name, const char* description, const char* example, T& command) {
    return add(app_, name, description, example, command);
  }
  template <class T>
  CLI::App* add(CLI::App& parent, const char* name, const char* description, const char* example, T& command) {
    auto* app = add_named(parent, name, description, example);
    app->final_callback([this, &command] { options_.command = command; });
    return app;
  }
  static CLI::App* add_named(CLI::App& parent, const char* name, const char* description, const char* example) {
    auto* app = parent.add_subcommand(name, description);
    app->fallthrough();
    app->footer(std::string("Flags for every command: substratee-client --help\nExample: substratee-client ") +
                example);
    return app;
  }

  void add_reading() {
    add("status", "Chain, runtime and shard at a glance", "status", status_);
    add("workers", "The registered enclaves and their places in the shard", "workers --json", workers_);
    add("shard", "The shard and its charter, all fields", "--shard counter/default shard", shard_);
    auto* block = add("block", "A final block's journal: calls, members, key releases, agreements", "block 12", block_);
    block->add_option("number", block_.number, "Block number")->required()->type_name("N");
    auto* health = add("worker-health", "What a worker says of itself (not verified; needs no node)",
                       "worker-health http://127.0.0.1:2000", health_);
    auto* equivocation = add(
        "equivocation", "Checks evidence that the chain's authority sealed two blocks at one height (needs no node)",
        "--genesis 0x… equivocation evidence/equivocation", equivocation_);
    equivocation->add_option("file", equivocation_.file, "As a worker keeps it, or gives it at /equivocation")
        ->required()
        ->type_name("FILE");
    health->add_option("url", health_.url, "The worker's URL")->required()->type_name("URL");
  }

  void add_balances() {
    auto* balance = add("balance", "An account's balance, in the smallest unit", "balance --account 5Grw…", balance_);
    balance
        ->add_option_function<std::string>(
            "--account", [this](const std::string& text) { balance_.account = account_from_text(text, "--account"); },
            "Default: the account of --uri")
        ->type_name("SS58");
    auto* transfer = add("transfer", "Send balance and wait until the chain has done so",
                         "--uri //Alice transfer --to 5FHn… --amount 1000000000000", transfer_);
    transfer
        ->add_option_function<std::string>(
            "--to", [this](const std::string& text) { transfer_.to = account_from_text(text, "--to"); }, "Receiver")
        ->required()
        ->type_name("SS58");
    transfer
        ->add_option_function<std::string>(
            "--amount",
            [this](const std::string& text) {
              transfer_.amount =
                  require(balance_from_text(text), "--amount", "a whole number of the smallest unit is needed");
            },
            "In the smallest unit")
        ->required()
        ->type_name("N");
    add_choice<rpc::Until>(transfer, "--wait", transfer_.until,
                           {{"block", rpc::Until::kInBlock}, {"finalized", rpc::Until::kFinalized}},
                           "How long to wait (default: finalized)");
  }

  void add_calls() {
    auto* call =
        add("call", "Send a sealed call through the chain, wait for the workers' agreement, verify its receipt",
            "--uri //Alice call \"increment 42\"", call_);
    call->add_option("call", call_.text, "The call, in the words of the shard's function")
        ->required()
        ->type_name("TEXT");
    add_worker_choice(call, call_.choice);
    call->add_option("--valid-for", call_.valid_for, "Blocks in which it may still be carried out")
        ->type_name("BLOCKS")
        ->capture_default_str()
        ->check(CLI::Range(1u, 1'000'000u));
    add_choice<Wait>(call, "--wait", call_.wait,
                     {{"none", Wait::kNone}, {"block", Wait::kBlock}, {"agreed", Wait::kAgreed}},
                     "How long to wait (default: agreed)");
    call->add_option_function<std::uint32_t>(
            "--nonce", [this](const std::uint32_t& nonce) { call_.nonce = nonce; },
            "The account's next call nonce in the shard; without it a worker is asked, which does not count calls that "
            "are "
            "still on their way")
        ->type_name("N");
  }

  void add_proofs() {
    auto* receipts = add_named(app_, "receipt", "What became of a call, as a file that proves it to anybody",
                               "--uri //Alice receipt get --block 12 --index 0");
    receipts->require_subcommand(1);
    auto* receipt = add(*receipts, "get", "Fetch the receipt of a call of this account and write its proof",
                        "--uri //Alice receipt get --block 12 --index 0 --out receipt.proof", receipt_);
    receipt->add_option("--block", receipt_.block, "The block that carries the call")->required()->type_name("N");
    receipt->add_option("--index", receipt_.index, "Its position among the shard's calls in the block, from 0")
        ->required()
        ->type_name("I");
    receipt
        ->add_option_function<std::string>(
            "--out", [this](const std::string& path) { receipt_.file = path; },
            "Where the proof goes (default: receipt-BLOCK-INDEX.proof)")
        ->type_name("FILE");
    add_worker_choice(receipt, receipt_.choice);
    add_verify(*receipts, verify_receipt_, "Check a receipt's proof and say what it proves; needs no network",
               "receipt verify receipt.proof --genesis 0x…");
    auto* answers = add_named(app_, "answer", "Answers to queries as files (written by: query … --proof FILE)",
                              "answer verify answer.proof --genesis 0x…");
    answers->require_subcommand(1);
    add_verify(*answers, verify_answer_, "Check an answer's proof and say what it proves; needs no network",
               "answer verify answer.proof --genesis 0x…");
    add("audit", "From the chain alone: who ever held the shard's keys, by what evidence, and what is odd about it",
        "audit --shard counter/default", audit_);
  }

  void add_verify(CLI::App& parent, VerifyCommand& command, const char* description, const char* example) {
    add(parent, "verify", description, example, command)
        ->add_option("file", command.file, "The proof")
        ->required()
        ->type_name("FILE");
  }

  void add_questions() {
    auto* query = add("query", "Ask a worker's enclave about this account's state; the answer is verified",
                      "--uri //Alice query counter --mode latest", query_);
    query->add_option("query", query_.text, "The query, in the words of the shard's function")
        ->required()
        ->type_name("TEXT");
    add_choice<protocol::Mode>(query, "--mode", query_.mode,
                               {{"agreed", protocol::Mode::kAgreed}, {"latest", protocol::Mode::kLatest}},
                               "The state that the chain has agreed on, or the enclave's newest (default: agreed)");
    add_worker_choice(query, query_.choice);
    query
        ->add_option_function<std::string>(
            "--proof", [this](const std::string& path) { query_.proof = path; },
            "Write a file that proves question and answer to anybody (see: answer verify)")
        ->type_name("FILE");
    auto* nonce = add("nonce", "This account's next call nonce in the shard", "--uri //Alice nonce", nonce_);
    add_worker_choice(nonce, nonce_.choice);
    auto* key = add("shielding-key", "A worker's shielding key, verified against the chain",
                    "shielding-key --worker http://127.0.0.1:2000", key_);
    add_worker_choice(key, key_.choice);
  }

  /// Commands below one word.
  void add_attestation() {
    auto* both =
        app_.add_subcommand("attestation", "Look at evidence and verify it; ask what becomes of registered enclaves");
    both->require_subcommand(1);
    both->fallthrough();
    both->footer("Example: substratee-client attestation inspect quote.bin");
    auto* inspect = add(*both, "inspect", "What a file of evidence is and what it claims; verifies nothing",
                        "attestation inspect quote.bin", inspect_);
    inspect->add_option("file", inspect_.path, "Quote, SNP or IAS report, certificate with evidence, SCALE evidence")
        ->required()
        ->type_name("FILE");
    auto* verify = add(*both, "verify", "Verify evidence; exit status 0: accepted, 1: refused, 2: wrong usage",
                       "attestation verify --evidence quote.bin --collateral collateral.json", verify_);
    add_verify_options(*verify);
    auto* members = add(*both, "members",
                        "Which registered enclaves would drop under a policy or at a time, and why (asks the node)",
                        "attestation members --policy new-policy.json", members_);
    members
        ->add_option_function<std::string>(
            "--policy", [this](const std::string& path) { members_.policy = path; },
            "A policy file: what the chain would do under it (default: its own policy)")
        ->type_name("FILE");
    members
        ->add_option_function<std::uint64_t>(
            "--time", [this](const std::uint64_t& time) { members_.time = time; },
            "Seconds since 1970, without any renewal until then (default: the chain's now)")
        ->type_name("UNIX");
  }
  void add_verify_options(CLI::App& verify) {
    auto& question = verify_.question;
    verify.add_option("--evidence", question.evidence, "The evidence")->required()->type_name("FILE");
    verify.add_option("--collateral", question.collateral, "Its collateral, as one JSON object")
        ->type_name("FILE.json");
    verify
        .add_option_function<std::uint64_t>(
            "--time",
            [this](const std::uint64_t& seconds) {
              verify_.question.now = seconds;
              verify_.has_time = true;
            },
            "The time of the verdict, in seconds since 1970 (default: now)")
        ->type_name("UNIX");
    verify.add_option("--policy", question.policy, "What to accept (JSON); default: any status but Revoked, no debug")
        ->type_name("FILE");
    verify.add_option("--accept-status", question.accept_status, "Accept only these TCB statuses")->type_name("A,B");
    verify.add_option("--certificates", question.certificates, "Certificates of an SNP or IAS report; may be repeated")
        ->type_name("FILE.pem")
        ->allow_extra_args(false);
    verify.add_option("--signature", question.signature, "The signature of an IAS report (base64 or raw)")
        ->type_name("FILE");
  }

  void add_collateral() {
    auto* fetch = add("collateral-fetch",
                      "Collateral of one Intel platform from the source that workers use (not verified; needs no node)",
                      "collateral-fetch --config collateral.toml --tee tdx --fmspc 00806F050000 --out collateral.json",
                      collateral_);
    fetch->add_option("--config", collateral_.config, "The workers' --collateral-config")
        ->required()
        ->type_name("FILE");
    fetch->add_option("--out", collateral_.out, "One JSON object, as attestation verify reads it")
        ->required()
        ->type_name("FILE");
    add_choice<bool>(fetch, "--tee", collateral_.is_tdx, {{"sgx", false}, {"tdx", true}}, "Which TEE")->required();
    fetch
        ->add_option_function<std::string>(
            "--fmspc",
            [this](const std::string& text) {
              collateral_.fmspc = require(fixed_from_hex<6>(text), "--fmspc", "6 bytes in hex are needed");
            },
            "The platform's family, from its PCK certificate")
        ->required()
        ->type_name("HEX");
    add_choice<bool>(fetch, "--ca", collateral_.is_processor, {{"platform", false}, {"processor", true}},
                     "Which CA signed the PCK certificate (default: platform)");
  }

  CLI::App app_;
  Options options_;
  StatusCommand status_;
  WorkersCommand workers_;
  ShardCommand shard_;
  ShieldingKeyCommand key_;
  BalanceCommand balance_;
  TransferCommand transfer_;
  CallCommand call_;
  QueryCommand query_;
  NonceCommand nonce_;
  ReceiptCommand receipt_;
  VerifyCommand verify_receipt_{Proves::kReceipt, {}};
  VerifyCommand verify_answer_{Proves::kAnswer, {}};
  AuditCommand audit_;
  BlockCommand block_;
  WorkerHealthCommand health_;
  EquivocationCommand equivocation_;
  AttestationInspectCommand inspect_;
  AttestationVerifyCommand verify_;
  AttestationMembersCommand members_;
  CollateralFetchCommand collateral_;
};

}  // namespace

std::expected<Options, Stop> parse(std::vector<std::string> arguments) { return Parser().run(std::move(arguments)); }

}  // namespace substratee::client::cli
