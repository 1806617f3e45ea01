#include "enclave/process/command_line.hpp"

#include <string>
#include <vector>

namespace substratee::enclave::process {
namespace {

std::expected<CommandLine, std::string_view> parse(std::vector<const char*> arguments) {
  return parse_command_line(arguments);
}

TEST(command_line, runs_with_a_platform_directory) {
  const auto plain = parse({"--platform-dir", "here"});
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->action, Action::kRun);
  EXPECT_EQ(plain->platform, PlatformChoice::kAuto);
  EXPECT_STREQ(plain->platform_directory, "here");
  EXPECT_FALSE(plain->force_simulation);
  const auto forced = parse({"--insecure-force-simulation", "--platform-dir", "here"});
  ASSERT_TRUE(forced);
  EXPECT_TRUE(forced->force_simulation);
}

TEST(command_line, takes_each_platform) {
  EXPECT_EQ(parse({})->platform, PlatformChoice::kAuto);
  EXPECT_EQ(parse({"--platform", "auto"})->platform, PlatformChoice::kAuto);
  EXPECT_EQ(parse({"--platform", "gramine"})->platform, PlatformChoice::kGramine);
  EXPECT_EQ(parse({"--platform", "tsm"})->platform, PlatformChoice::kTsm);
  EXPECT_EQ(parse({"--platform-dir", "a", "--platform", "tsm"})->platform, PlatformChoice::kTsm);
  EXPECT_EQ(parse({"--platform", "simulated", "--platform-dir", "a"})->platform, PlatformChoice::kSimulated);
}

TEST(command_line, prints_on_request) {
  EXPECT_EQ(parse({"--measurement"})->action, Action::kMeasurement);
  EXPECT_EQ(parse({"--version"})->action, Action::kVersion);
  EXPECT_EQ(parse({"--help"})->action, Action::kHelp);
  const auto of_hardware = parse({"--platform", "tsm", "--measurement"});
  EXPECT_EQ(of_hardware->action, Action::kMeasurement);
  EXPECT_EQ(of_hardware->platform, PlatformChoice::kTsm);
}

TEST(command_line, refuses_everything_else_with_a_sentence) {
  const std::vector<std::vector<const char*>> wrong{{""},
                                                    {"--platform-dir"},
                                                    {"--platform-dir", ""},
                                                    {"--platform-dir", "a", "--platform-dir", "b"},
                                                    {"--platform"},
                                                    {"--platform", ""},
                                                    {"--platform", "sgx"},
                                                    {"--platform", "tsm", "--platform", "tsm"},
                                                    {"--platform", "simulated"},
                                                    {"--platform", "tsm", "--insecure-force-simulation"},
                                                    {"--platform-dir", "a", "b"},
                                                    {"--platform-dir", "a", "--measurement"},
                                                    {"--measurement", "--insecure-force-simulation"},
                                                    {"--measurement", "--version"},
                                                    {"--measurement", "--measurement"},
                                                    {"--platform", "tsm", "--version"},
                                                    {"--platform-dir=a"},
                                                    {"-h"},
                                                    {"--log-level", "debug"}};
  for (const auto& arguments : wrong) {
    const auto parsed = parse_command_line(arguments);
    ASSERT_FALSE(parsed) << arguments.front();
    EXPECT_GT(parsed.error().size(), 10);
  }
}

TEST(command_line, help_names_every_flag) {
  for (const std::string_view flag : {"--platform ", "--platform-dir", "--insecure-force-simulation", "--measurement",
                                      "--version", "auto", "gramine", "tsm", "simulated"}) {
    EXPECT_NE(help_text().find(flag), std::string_view::npos);
  }
}

}  // namespace
}  // namespace substratee::enclave::process
