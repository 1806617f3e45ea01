#include "core/attestation/simulation/platform.hpp"
#include "core/base/hex.hpp"
#include "tests/support/temporary_directory.hpp"

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>

namespace substratee::enclave {
namespace {

struct Outcome {
  int status = -1;
  std::string output;  ///< of standard output and standard error
};

/// The real program, run by a shell; `input` is what printf makes of it.
Outcome run(const std::string& arguments, const std::string& input = {}) {
  const std::string command = "printf '" + input + "' | '" SUBSTRATEE_ENCLAVE_PROGRAM "' " + arguments + " 2>&1";
  Outcome outcome;
  FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return outcome;
  std::array<char, 4096> buffer;
  while (const auto size = ::fread(buffer.data(), 1, buffer.size(), pipe)) outcome.output.append(buffer.data(), size);
  const int status = ::pclose(pipe);
  outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return outcome;
}

struct Program : testing::Test {
  test::TemporaryDirectory temporary;
  std::string directory = (temporary.path() / "platform").string();
  std::string with_directory = "--insecure-force-simulation --platform-dir " + directory;
};

TEST_F(Program, prints_the_measurement_of_its_own_file) {
  std::ifstream file(SUBSTRATEE_ENCLAVE_PROGRAM, std::ios::binary);
  const Bytes bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const auto printed = run("--measurement");
  EXPECT_EQ(printed.status, 0);
  EXPECT_EQ(printed.output, to_hex(attestation::simulation::measure(bytes)) + "\n");
}

TEST_F(Program, prints_version_and_help) {
  EXPECT_TRUE(run("--version").output.starts_with("substratee-enclave 0."));
  EXPECT_EQ(run("--help").status, 0);
}

TEST_F(Program, refuses_wrong_arguments_with_one_sentence_and_status_2) {
  for (const std::string arguments : {"--platform-dir", "--unknown", "--platform sgx", "--platform simulated"}) {
    const auto refused = run(arguments);
    EXPECT_EQ(refused.status, 2);
    EXPECT_TRUE(refused.output.starts_with("substratee-enclave: "));
    EXPECT_EQ(std::ranges::count(refused.output, '\n'), 1);
  }
}

TEST_F(Program, says_which_platform_it_stands_on) {
  EXPECT_NE(run(with_directory).output.find("platform: simulated (NOT SECURE)"), std::string::npos);
}

// This machine may have a TEE or none: in either case there is a sentence, and nothing is simulated silently.
TEST_F(Program, a_platform_that_is_not_here_is_an_error_with_the_next_step) {
  if (!std::filesystem::exists("/dev/attestation/attestation_type")) {
    const auto refused = run("--platform gramine");
    EXPECT_EQ(refused.status, 1);
    EXPECT_NE(refused.output.find("gramine-sgx"), std::string::npos) << refused.output;
    EXPECT_EQ(run("--platform gramine --measurement").status, 1);
  }
  if (!std::filesystem::exists("/sys/kernel/config/tsm/report")) {
    const auto refused = run("--platform tsm --platform-dir " + directory);
    EXPECT_EQ(refused.status, 1);
    EXPECT_NE(refused.output.find("no TEE has registered"), std::string::npos) << refused.output;
    EXPECT_FALSE(std::filesystem::exists(directory));
  }
  EXPECT_EQ(run("--insecure-force-simulation").status, 1);
}

TEST_F(Program, ends_cleanly_with_its_input) {
  const auto ended = run(with_directory);
  EXPECT_EQ(ended.status, 0) << ended.output;
}

TEST_F(Program, refuses_a_secret_that_others_may_read) {
  ASSERT_EQ(run(with_directory).status, 0);
  std::filesystem::permissions(directory + "/platform_secret", std::filesystem::perms{0644});
  const auto refused = run(with_directory);
  EXPECT_EQ(refused.status, 1);
  EXPECT_NE(refused.output.find("group or others may read"), std::string::npos);
}

TEST_F(Program, answers_frames_after_lock_in) {
  const auto answered = run(with_directory, R"(\012\0\0\0\001\007\0\0\0\0\0\0\0\005)");
  EXPECT_EQ(answered.status, 0);
  const std::string_view refused("\x01\x07\0\0\0\0\0\0\0\x09\x02", 11);  // Refused, not_started
  EXPECT_NE(answered.output.find(refused), std::string::npos);
}

TEST_F(Program, ends_with_status_3_at_a_size_that_cannot_be) {
  EXPECT_EQ(run(with_directory, R"(\001\0\200\0)").status, 3);
}

}  // namespace
}  // namespace substratee::enclave
