#include "worker/enclave_process/enclave_process.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <mutex>
#include <thread>

namespace substratee::worker::enclave_process {
namespace {

using std::chrono::milliseconds;

std::unique_ptr<EnclaveProcess> start(const std::string& habit, milliseconds timeout = milliseconds(20'000)) {
  EnclaveOptions options;
  options.program = SUBSTRATEE_TEST_CHILD;
  options.arguments = {habit};
  options.call_timeout = timeout;
  options.shutdown_timeout = milliseconds(300);
  auto process = EnclaveProcess::start(std::move(options));
  EXPECT_TRUE(process);
  return process ? *std::move(process) : nullptr;
}

std::string failure_of(const std::string& habit, milliseconds timeout = milliseconds(20'000)) {
  const auto enclave = start(habit, timeout);
  const auto first = enclave->call(protocol::GetStatus{});
  if (first) return "it answered";
  // Who comes later gets the same.
  const auto second = enclave->call(protocol::GetStatus{});
  EXPECT_FALSE(second);
  if (!second) EXPECT_EQ(second.error().thing, first.error().thing);
  EXPECT_EQ(first.error().code, FailureCode::kEnclave);
  return first.error().thing;
}

TEST(enclave_process, answers_calls_of_many_threads) {
  const auto enclave = start("echo");
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 20; ++n) {
        const auto reply =
            enclave->call(n % 2 == 0 ? protocol::Request(protocol::GetStatus{}) : protocol::GetShieldingKey{});
        ASSERT_TRUE(reply);
        EXPECT_TRUE(std::holds_alternative<protocol::Done>(*reply));
      }
    });
  }
}

TEST(enclave_process, says_how_the_enclave_ended) {
  EXPECT_EQ(failure_of("crash"), "the enclave stopped (killed by SIGKILL)");
  EXPECT_EQ(failure_of("exit"), "the enclave stopped (exit status 7)");
}

TEST(enclave_process, gives_up_an_enclave_that_hangs) {
  EXPECT_EQ(failure_of("hang", milliseconds(200)), "the enclave has not answered for 0 s");
}

TEST(enclave_process, refuses_nonsense) {
  EXPECT_EQ(failure_of("oversize"), "the enclave speaks nonsense (a frame of 9437184 bytes)");
  EXPECT_EQ(failure_of("wrong-id"), "the enclave speaks nonsense (an answer to nothing)");
  EXPECT_TRUE(failure_of("garbage").starts_with("the enclave speaks nonsense (a frame that does not decode"));
}

TEST(enclave_process, hands_down_no_descriptor_and_no_environment) {
  ::setenv("SECRET_OF_THE_HOST", "1", 1);
  const auto enclave = start("inheritance");
  const auto reply = enclave->call(protocol::GetStatus{});
  ASSERT_TRUE(reply);
  EXPECT_EQ(std::get<protocol::Refused>(*reply).detail.value, "0 descriptors, 0 variables");
}

TEST(enclave_process, logs_line_by_line_without_control_characters) {
  std::mutex mutex;
  std::vector<std::string> lines;
  EnclaveOptions options;
  options.program = SUBSTRATEE_TEST_CHILD;
  options.arguments = {"talk"};
  options.on_log = [&](const std::string& line) {
    const std::lock_guard lock(mutex);
    lines.push_back(line);
  };
  {
    auto enclave = EnclaveProcess::start(std::move(options));
    ASSERT_TRUE(enclave);
    ASSERT_TRUE((*enclave)->call(protocol::GetStatus{}));
  }
  EXPECT_EQ(lines, (std::vector<std::string>{"first line", "second ? line"}));
}

TEST(enclave_process, ends_a_child_that_does_not_listen) {
  const auto begun = std::chrono::steady_clock::now();
  start("deaf").reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(5));
}

TEST(enclave_process, a_program_that_is_not_there_is_a_clear_failure) {
  EnclaveOptions options;
  options.program = "/nonexistent/substratee-enclave";
  const auto enclave = EnclaveProcess::start(std::move(options));
  ASSERT_FALSE(enclave);
  EXPECT_EQ(enclave.error().thing,
            "the enclave /nonexistent/substratee-enclave cannot be started: No such file or directory");
}

}  // namespace
}  // namespace substratee::worker::enclave_process
