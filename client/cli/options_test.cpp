#include "client/cli/options.hpp"

#include "client/cli/account.hpp"
#include "client/cli/format.hpp"
#include "core/base/hex.hpp"
#include "tests/support/random.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace substratee::client::cli {
namespace {

constexpr const char* kBob = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";

template <class T>
T parsed(std::vector<std::string> arguments) {
  auto options = parse(std::move(arguments));
  if (!options) throw std::runtime_error(options.error().err);
  return std::get<T>(options->command);
}

void expect_usage(std::vector<std::string> arguments, std::string_view part) {
  const auto options = parse(std::move(arguments));
  ASSERT_FALSE(options.has_value());
  EXPECT_EQ(options.error().status, 2);
  EXPECT_NE(options.error().err.find(part), std::string::npos) << options.error().err;
}

TEST(options, have_defaults) {
  const auto options = parse({"status"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->global.session.node_url, "ws://127.0.0.1:9944");
  EXPECT_EQ(options->global.session.shard, registry::shard_id("counter", "default"));
  EXPECT_EQ(options->global.session.genesis, std::nullopt);
  EXPECT_EQ(options->global.account.uri, "//Alice");
  EXPECT_EQ(options->global.account.scheme, primitives::Scheme::kSr25519);
  EXPECT_FALSE(options->global.is_json);
}

TEST(options, take_global_flags_before_and_after_the_command) {
  const auto genesis = std::string(64, 'a');
  const auto before = parse({"--json", "--timeout", "7", "--genesis", genesis, "--scheme", "ecdsa", "workers"});
  const auto after = parse({"workers", "--json", "--timeout", "7", "--genesis", genesis, "--scheme", "ecdsa"});
  for (const auto* options : {&before, &after}) {
    ASSERT_TRUE(*options);
    EXPECT_TRUE((*options)->global.is_json);
    EXPECT_EQ((*options)->global.session.timeout, std::chrono::seconds{7});
    EXPECT_EQ((*options)->global.session.genesis, fixed_from_hex<32>(genesis));
    EXPECT_EQ((*options)->global.account.scheme, primitives::Scheme::kEcdsa);
    EXPECT_TRUE(std::holds_alternative<WorkersCommand>((*options)->command));
  }
}

TEST(options, read_every_command) {
  EXPECT_EQ(parsed<CallCommand>({"call", "increment 42"}).valid_for, 64);
  const auto call = parsed<CallCommand>(
      {"call", "increment 42", "--wait", "block", "--nonce", "3", "--valid-for", "9", "--worker", "http://w"});
  EXPECT_EQ(call.text, "increment 42");
  EXPECT_EQ(call.wait, Wait::kBlock);
  EXPECT_EQ(call.nonce, 3);
  EXPECT_EQ(call.valid_for, 9);
  EXPECT_EQ(call.choice.url, "http://w");
  const auto query = parsed<QueryCommand>({"query", "counter", "--mode", "latest", "--worker-index", "2"});
  EXPECT_EQ(query.mode, protocol::Mode::kLatest);
  EXPECT_EQ(query.choice.index, 2);
  const auto transfer = parsed<TransferCommand>(
      {"transfer", "--to", kBob, "--amount", "340282366920938463463374607431768211455", "--wait", "block"});
  EXPECT_EQ(transfer.amount, ~primitives::Balance{0});
  EXPECT_EQ(transfer.until, rpc::Until::kInBlock);
  EXPECT_EQ(parsed<BalanceCommand>({"balance", "--account", kBob}).account, transfer.to);
  EXPECT_EQ(parsed<ReceiptCommand>({"receipt", "get", "--block", "4", "--index", "1"}).index, 1);
  EXPECT_EQ(parsed<ReceiptCommand>({"receipt", "get", "--block", "4", "--index", "1", "--out", "f"}).file, "f");
  EXPECT_EQ(parsed<VerifyCommand>({"receipt", "verify", "f"}).what, Proves::kReceipt);
  EXPECT_EQ(parsed<VerifyCommand>({"answer", "verify", "f"}).what, Proves::kAnswer);
  EXPECT_EQ(parsed<VerifyCommand>({"answer", "verify", "f"}).file, "f");
  EXPECT_EQ(parsed<QueryCommand>({"query", "counter", "--proof", "f"}).proof, "f");
  static_cast<void>(parsed<AuditCommand>({"audit"}));
  EXPECT_EQ(parsed<BlockCommand>({"block", "12"}).number, 12);
  EXPECT_EQ(parsed<WorkerHealthCommand>({"worker-health", "http://w"}).url, "http://w");
  EXPECT_TRUE(parse({"shard"}) && parse({"nonce"}) && parse({"shielding-key"}));
}

TEST(options, accept_a_shard_by_hash_or_by_name) {
  const auto id = registry::shard_id("counter", "two");
  EXPECT_EQ(parse({"--shard", to_hex_prefixed(id), "shard"})->global.session.shard, id);
  EXPECT_EQ(parse({"--shard", "counter/two", "shard"})->global.session.shard, id);
  expect_usage({"--shard", "0x12", "shard"}, "32 bytes in hex");
  expect_usage({"--shard", "counter/", "shard"}, "32 bytes in hex");
}

TEST(options, refuse_what_cannot_be_meant) {
  expect_usage({}, "subcommand");
  expect_usage({"fly"}, "fly");
  expect_usage({"status", "--fast"}, "--fast");
  expect_usage({"call"}, "call");
  expect_usage({"call", "increment 1", "--wait", "long"}, "none of agreed|block|none");
  expect_usage({"call", "increment 1", "--nonce", "-1"}, "--nonce");
  expect_usage({"call", "increment 1", "--valid-for", "0"}, "--valid-for");
  expect_usage({"query", "counter", "--worker", "http://w", "--worker-index", "1"}, "excludes");
  expect_usage({"transfer", "--to", "5bad", "--amount", "1"}, "not an account");
  expect_usage({"transfer", "--to", kBob, "--amount", "1.5"}, "whole number");
  expect_usage({"transfer", "--to", kBob, "--amount", "340282366920938463463374607431768211456"}, "whole number");
  expect_usage({"block", "x"}, "number");
  expect_usage({"--genesis", "12", "status"}, "32 bytes");
  expect_usage({"--charter", "12", "status"}, "32 bytes");
  expect_usage({"receipt"}, "subcommand");
  expect_usage({"receipt", "verify"}, "file");
  expect_usage({"--timeout", "0", "status"}, "1 to 86400");
  expect_usage({"--scheme", "rsa", "status"}, "none of");
  expect_usage({"--uri", "//Bob", "--uri-file", "f", "nonce"}, "excludes");
}

TEST(options, every_command_has_help_with_an_example) {
  for (const auto* name : {"status", "workers", "shard", "shielding-key", "balance", "transfer", "call", "query",
                           "nonce", "receipt", "answer", "audit", "block", "worker-health", "equivocation"}) {
    const auto help = parse({name, "--help"});
    ASSERT_FALSE(help.has_value());
    EXPECT_EQ(help.error().status, 0) << name;
    EXPECT_NE(help.error().out.find("Example: substratee-client"), std::string::npos) << name;
  }
  const auto help = parse({"--help"});
  EXPECT_NE(help.error().out.find("--uri-file"), std::string::npos);
  EXPECT_NE(help.error().out.find("does not stand on the command line"), std::string::npos) << help.error().out;
}

TEST(account, is_read_from_options_file_or_standard_input) {
  test::SeededRandom random;
  test::TemporaryDirectory directory;
  const auto path = (directory.path() / "uri").string();
  std::ofstream(path) << "//Bob\n";
  std::istringstream in("//Bob\r\n");
  std::istringstream empty;
  AccountOptions options;
  options.uri = "//Bob";
  const auto bob = load_account(options, empty, random)->account();
  options.uri_file = path;
  EXPECT_EQ(load_account(options, empty, random)->account(), bob);
  options.uri_file = "-";
  EXPECT_EQ(load_account(options, in, random)->account(), bob);
  EXPECT_EQ(load_account(options, empty, random).error().code, Code::kUsage);
  std::istringstream endless(std::string(2000, 'a'));
  EXPECT_EQ(load_account(options, endless, random).error().code, Code::kUsage);
  options.uri_file = (directory.path() / "none").string();
  EXPECT_NE(load_account(options, empty, random).error().thing.find("cannot be read"), std::string::npos);
}

TEST(account, never_repeats_a_secret) {
  test::SeededRandom random;
  std::istringstream empty;
  AccountOptions options;
  options.uri = "correct horse battery staple";
  const auto failure = load_account(options, empty, random);
  ASSERT_FALSE(failure);
  EXPECT_EQ(failure.error().code, Code::kUsage);
  EXPECT_EQ(failure.error().to_string().find("horse"), std::string::npos);
  EXPECT_FALSE(is_development_uri(options.uri));
  EXPECT_TRUE(is_development_uri("//Alice"));
}

TEST(format, writes_numbers_and_times) {
  EXPECT_EQ(balance_text(0), "0");
  EXPECT_EQ(balance_text(*balance_from_text("12345678901234567890123456789")), "12345678901234567890123456789");
  EXPECT_FALSE(balance_from_text(""));
  EXPECT_FALSE(balance_from_text("-1"));
  EXPECT_EQ(time_text(1'767'323'045'999), "2026-01-02T03:04:05Z");
  EXPECT_EQ(time_text(~std::uint64_t{0}), "18446744073709551615 ms");
  EXPECT_EQ(security_text(false), "SIMULATED - NOT SECURE");
}

TEST(format, renders_nested_objects_as_lines) {
  const json::object object{{"a_b", 1},
                            {"none", nullptr},
                            {"empty", json::array{}},
                            {"ok", true},
                            {"list", json::array{"x", json::object{{"c", "d"}, {"e", 2}}}}};
  EXPECT_EQ(to_lines(object), "a b: 1\nnone: none\nempty: none\nok: yes\nlist:\n  - x\n  - c: d\n    e: 2\n");
}

}  // namespace
}  // namespace substratee::client::cli
