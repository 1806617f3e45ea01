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
  EXPECT_EQ(run.rpc_port, 9944);
  EXPECT_EQ(run.rpc_address, "127.0.0.1");
  EXPECT_EQ(run.engine.block_time, 1'000U);
  EXPECT_EQ(run.engine.sealing, consensus::dev::Sealing::kInterval);
}

TEST(options, reads_every_flag) {
  const std::string one(64, '1');
  const std::string two = "0x" + std::string(64, '2');
  const auto run =
      std::get<RunOptions>(parse({"--base-path", "/x", "--rpc-port", "0", "--rpc-address", "::1", "--block-time", "50",
                                  "--sealing", "instant", "--allow-measurement", one.c_str(), "--allow-measurement",
                                  two.c_str(), "--ready-file", "/r", "--log-level", "debug"}));
  EXPECT_FALSE(run.dev);
  EXPECT_EQ(run.base_path, "/x");
  EXPECT_EQ(run.rpc_port, 0);
  EXPECT_EQ(run.rpc_address, "::1");
  EXPECT_EQ(run.engine.block_time, 50U);
  EXPECT_EQ(run.engine.sealing, consensus::dev::Sealing::kInstant);
  EXPECT_EQ(run.allowed_measurements, (std::vector{*fixed_from_hex<32>(one), *fixed_from_hex<32>(two)}));
  EXPECT_EQ(run.ready_file, "/r");
  EXPECT_EQ(run.log_level, "debug");
}

TEST(options, purge_needs_a_base_path) {
  EXPECT_EQ(std::get<PurgeOptions>(parse({"purge-chain", "--base-path", "/x"})).base_path, "/x");
  EXPECT_EQ(exit_code({"purge-chain"}), kUsageError);
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
}

}  // namespace
}  // namespace substratee::node::program
