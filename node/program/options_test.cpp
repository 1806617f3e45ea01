#include "node/program/options.hpp"

#include "core/base/hex.hpp"

#include <gtest/gtest.h>

namespace substratee::node::program {
namespace {

Command parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "substratee-node");
  return parse_command_line(static_cast<int>(arguments.size()), arguments.data());
}

int exit_code(std::vector<const char*> arguments) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const auto command = parse(std::move(arguments));
  testing::internal::GetCapturedStdout();
  testing::internal::GetCapturedStderr();
  const auto* exit = std::get_if<Exit>(&command);
  return exit != nullptr ? exit->code : -1;
}

TEST(options, defaults_are_those_of_a_substrate_node) {
  const auto run = std::get<RunOptions>(parse({"--dev"}));
  EXPECT_TRUE(run.dev);
  EXPECT_TRUE(run.base_path.empty());
  EXPECT_EQ(run.rpc.port, 9944);
  EXPECT_EQ(run.rpc.address, "127.0.0.1");
  EXPECT_FALSE(run.block_time);
  EXPECT_FALSE(run.sealing);
  EXPECT_FALSE(run.pruning);
}

TEST(options, reads_every_flag) {
  const std::string one(64, '1');
  const std::string two = "0x" + std::string(64, '2');
  const auto run = std::get<RunOptions>(
      parse({"--base-path",         "/x",        "--rpc-port",   "0",       "--rpc-address",       "::1",
             "--block-time",        "50",        "--sealing",    "instant", "--allow-measurement", one.c_str(),
             "--allow-measurement", two.c_str(), "--ready-file", "/r",      "--log-level",         "debug",
             "--pruning",           "archive"}));
  EXPECT_EQ(run.pruning, storage::Pruning{std::nullopt});
  EXPECT_FALSE(run.dev);
  EXPECT_EQ(run.base_path, "/x");
  EXPECT_EQ(run.rpc.port, 0);
  EXPECT_EQ(run.rpc.address, "::1");
  EXPECT_EQ(run.block_time, 50U);
  EXPECT_EQ(run.sealing, consensus::dev::Sealing::kInstant);
  EXPECT_EQ(run.allowed_measurements, (std::vector{*fixed_from_hex<32>(one), *fixed_from_hex<32>(two)}));
  EXPECT_EQ(run.ready_file, "/r");
  EXPECT_EQ(run.log_level, "debug");
}

TEST(options, bounds_what_strangers_may_do) {
  const auto defaults = std::get<RunOptions>(parse({"--dev"})).rpc;
  EXPECT_TRUE(defaults.server().allowed_origins.empty()) << "any web page may call";
  EXPECT_EQ(defaults.json_rpc().max_rate, 0U);
  EXPECT_GT(defaults.server().max_queued, defaults.json_rpc().max_response);
  const auto rpc = std::get<RunOptions>(
                       parse({"--rpc-cors", "https://a.example,http://localhost:3000", "--rpc-cors",
                              "https://b.example", "--rpc-max-connections", "10", "--rpc-max-connections-per-address",
                              "5", "--rpc-max-subscriptions-per-connection", "7", "--rpc-max-request-size", "1",
                              "--rpc-max-response-size", "20", "--rpc-rate-limit", "100"}))
                       .rpc;
  EXPECT_EQ(rpc.server().allowed_origins,
            (std::vector<std::string>{"https://a.example", "http://localhost:3000", "https://b.example"}));
  EXPECT_EQ(rpc.server().max_connections, 10U);
  EXPECT_EQ(rpc.server().max_connections_per_address, 5U);
  EXPECT_EQ(rpc.server().max_body, std::size_t{1} << 20);
  EXPECT_GT(rpc.server().max_queued, std::size_t{20} << 20);
  EXPECT_EQ(rpc.json_rpc().max_subscriptions, 7U);
  EXPECT_EQ(rpc.json_rpc().max_response, std::size_t{20} << 20);
  EXPECT_EQ(rpc.json_rpc().max_rate, 100U);
  EXPECT_EQ(exit_code({"--rpc-cors", "example.org"}), kUsageError);
  EXPECT_EQ(exit_code({"--rpc-max-connections", "0"}), kUsageError);
}

TEST(options, purge_needs_a_base_path) {
  const auto plain = std::get<PurgeOptions>(parse({"purge-chain", "--base-path", "/x"}));
  EXPECT_EQ(plain.base_path, "/x");
  EXPECT_FALSE(plain.with_key);
  EXPECT_FALSE(plain.yes);
  EXPECT_TRUE(std::get<PurgeOptions>(parse({"purge-chain", "--base-path", "/x", "-y"})).yes);
  const auto all = std::get<PurgeOptions>(parse({"purge-chain", "--base-path", "/x", "--yes", "--with-key"}));
  EXPECT_TRUE(all.yes);
  EXPECT_TRUE(all.with_key);
  EXPECT_EQ(exit_code({"purge-chain"}), kUsageError);
}

TEST(options, every_command_takes_its_own) {
  const auto exported =
      std::get<ExportOptions>(parse({"export-blocks", "--base-path", "/x", "--from", "3", "--to", "9", "/f"}));
  EXPECT_EQ(exported.base_path, "/x");
  EXPECT_EQ(exported.from, 3U);
  EXPECT_EQ(exported.to, 9U);
  EXPECT_EQ(exported.file, "/f");
  const auto imported =
      std::get<ImportOptions>(parse({"import-blocks", "--base-path", "/x", "--pruning", "7", "--chain", "/c", "/f"}));
  EXPECT_EQ(imported.pruning, storage::Pruning{7});
  EXPECT_EQ(imported.chain, "/c");
  EXPECT_EQ(std::get<CheckOptions>(parse({"check", "--base-path", "/x"})).base_path, "/x");
  const auto spec = std::get<BuildSpecOptions>(
      parse({"build-spec", "--authority", "k", "--endow", "a=1", "--endow", "b=2", "--sealing", "instant"}));
  EXPECT_EQ(spec.endow, (std::vector<std::string>{"a=1", "b=2"}));
  EXPECT_EQ(spec.sealing, consensus::dev::Sealing::kInstant);
  EXPECT_EQ(std::get<KeyGenerateOptions>(parse({"key", "generate", "--scheme", "ecdsa", "--words", "24"})).scheme,
            primitives::Scheme::kEcdsa);
  EXPECT_EQ(std::get<KeyInspectOptions>(parse({"key", "inspect"})).file, "-");
  EXPECT_EQ(std::get<KeyInsertOptions>(parse({"key", "insert", "--base-path", "/x"})).base_path, "/x");
}

TEST(options, a_port_out_of_range_is_told_as_such) {
  for (const auto* port : {"99999", "-1", "65536", "x"}) {
    testing::internal::CaptureStderr();
    EXPECT_TRUE(std::holds_alternative<Exit>(parse({"--dev", "--rpc-port", port})));
    const auto said = testing::internal::GetCapturedStderr();
    EXPECT_NE(said.find("--rpc-port"), std::string::npos) << said;
    EXPECT_NE(said.find("65535"), std::string::npos) << said;
  }
  EXPECT_EQ(std::get<RunOptions>(parse({"--dev", "--rpc-port", "65535"})).rpc.port, 65'535);
}

TEST(options, help_and_version_succeed_and_mistakes_do_not) {
  EXPECT_EQ(exit_code({"--help"}), 0);
  EXPECT_EQ(exit_code({"--version"}), 0);
  EXPECT_EQ(exit_code({"--nonsense"}), kUsageError);
  EXPECT_EQ(exit_code({"--block-time", "0"}), kUsageError);
  EXPECT_EQ(exit_code({"--rpc-port", "70000"}), kUsageError);
  EXPECT_EQ(exit_code({"--sealing", "never"}), kUsageError);
  EXPECT_EQ(exit_code({"--allow-measurement", "0x12"}), kUsageError);
  EXPECT_EQ(exit_code({"--log-level", "loud"}), kUsageError);
  EXPECT_EQ(exit_code({"--pruning", "0"}), kUsageError);
  EXPECT_EQ(exit_code({"--dev", "--chain", "x"}), kUsageError);
  EXPECT_EQ(exit_code({"export-blocks", "--base-path", "/x"}), kUsageError);
  EXPECT_EQ(exit_code({"export-blocks", "--base-path", "/x", "--from", "0", "/f"}), kUsageError);
  EXPECT_EQ(exit_code({"key"}), kUsageError);
  EXPECT_EQ(exit_code({"key", "generate", "--words", "13"}), kUsageError);
  EXPECT_EQ(exit_code({"key", "generate", "--scheme", "rsa"}), kUsageError);
  for (const auto* command : {"export-blocks", "import-blocks", "check", "build-spec", "key", "purge-chain"})
    EXPECT_EQ(exit_code({command, "--help"}), 0) << command;
}

}  // namespace
}  // namespace substratee::node::program
