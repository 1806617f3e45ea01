#include "enclave/process/lock_in.hpp"

#include "core/base/bytes.hpp"
#include "tests/support/temporary_directory.hpp"

#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

namespace substratee::enclave::process {
namespace {

constexpr int kNobody = 65534;

/// The probe as a child process, with pipes or a file as standard input and output.
class Probe {
 public:
  Probe(const char* attempt, bool locked, const char* input_file = nullptr, const char* folder = nullptr) {
    int input[2];
    int output[2];
    if (::pipe(input) != 0 || ::pipe(output) != 0) return;
    child_ = ::fork();
    if (child_ == 0) {
      ::dup2(input_file != nullptr ? ::open(input_file, O_RDWR) : input[0], STDIN_FILENO);
      ::dup2(output[1], STDOUT_FILENO);
      for (const int end : {input[0], input[1], output[0], output[1]}) ::close(end);
      ::setenv("SUBSTRATEE_PROBE", "set", 1);
      ::execl(SUBSTRATEE_LOCK_IN_PROBE, "probe", attempt, locked ? "locked" : "unlocked", folder, nullptr);
      ::_exit(127);
    }
    ::close(input[0]);
    ::close(output[1]);
    to_child_ = input[1];
    from_child_ = output[0];
  }
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;
  ~Probe() {
    end_input();
    ::close(from_child_);
    if (child_ > 0) static_cast<void>(wait());
  }

  [[nodiscard]] pid_t id() const { return child_; }
  void write(ByteView bytes) const {
    ASSERT_EQ(::write(to_child_, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  /// At most `size` bytes, fewer at the end of its output.
  [[nodiscard]] Bytes read(std::size_t size) const {
    Bytes out(size);
    std::size_t done = 0;
    while (done < size) {
      const auto more = ::read(from_child_, out.data() + done, size - done);
      if (more <= 0) break;
      done += static_cast<std::size_t>(more);
    }
    out.resize(done);
    return out;
  }
  void end_input() {
    if (to_child_ >= 0) ::close(std::exchange(to_child_, -1));
  }
  /// The status that waitpid gives.
  [[nodiscard]] int wait() {
    int status = 0;
    ::waitpid(std::exchange(child_, -1), &status, 0);
    return status;
  }
  void kill() const { ::kill(child_, SIGKILL); }

 private:
  pid_t child_ = -1;
  int to_child_ = -1;
  int from_child_ = -1;
};

std::string file_content(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

struct Forbidden : testing::TestWithParam<const char*> {};

TEST_P(Forbidden, works_without_lock_in) {
  Probe probe(GetParam(), false, "/dev/zero");
  const int status = probe.wait();
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "status " << status;
}

TEST_P(Forbidden, dies_after_lock_in) {
  Probe probe(GetParam(), true, "/dev/zero");
  const int status = probe.wait();
  ASSERT_TRUE(WIFSIGNALED(status)) << "exit status " << WEXITSTATUS(status);
  EXPECT_EQ(WTERMSIG(status), SIGSYS);
}

INSTANTIATE_TEST_SUITE_P(lock_in, Forbidden,
                         testing::Values("openat", "open", "socket", "execve", "fork", "thread", "ptrace", "kill",
                                         "prctl", "setrlimit", "memfd", "read_inherited", "write_input", "mmap_file",
                                         "mmap_executable", "mmap_write_execute", "mprotect_executable", "x32"),
                         [](const auto& parameter) { return parameter.param; });

struct Allowed : testing::TestWithParam<const char*> {};

TEST_P(Allowed, works_after_lock_in) {
  Probe probe(GetParam(), true);
  const int status = probe.wait();
  EXPECT_TRUE(WIFEXITED(status)) << "signal " << WTERMSIG(status);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

INSTANTIATE_TEST_SUITE_P(lock_in, Allowed, testing::Values("hpke", "tls", "attest", "heap", "time", "no_environment"),
                         [](const auto& parameter) { return parameter.param; });

/// What a confidential VM keeps: one folder. Here an ordinary one stands for configfs-tsm.
struct WithFolder : testing::Test {
  WithFolder() {
    std::filesystem::create_directory(folder);
    std::filesystem::create_directory(around.path() / "empty");
    std::ofstream(folder + "/file") << "old";
    std::ofstream(around.path() / "outside") << "out";
    std::filesystem::create_symlink(around.path() / "outside", folder + "/link");
  }
  int attempt(const char* name, bool locked = true) {
    std::ofstream(folder + "/file") << "old";
    return Probe(name, locked, nullptr, folder.c_str()).wait();
  }
  test::TemporaryDirectory around;
  std::string folder = (around.path() / "folder").string();
};

TEST_F(WithFolder, is_used_after_lock_in) {
  for (const char* name : {"use_folder", "outside_is_refused", "hpke", "tls", "heap"}) {
    const int status = attempt(name);
    EXPECT_TRUE(WIFEXITED(status)) << name << ": signal " << WTERMSIG(status);
    EXPECT_EQ(WEXITSTATUS(status), 0) << name;
  }
  EXPECT_NE(WEXITSTATUS(attempt("outside_is_refused", false)), 0) << "the control reads what is outside";
}

TEST_F(WithFolder, allows_nothing_else) {
  const std::vector<const char*> attempts{"create_file", "truncate_file",    "remove_file", "rename_file", "socket",
                                          "execve",      "read_second_file", "fork",        "mmap_file",   "open"};
  for (const char* name : attempts) {
    const int status = attempt(name);
    ASSERT_TRUE(WIFSIGNALED(status)) << name << ": exit status " << WEXITSTATUS(status);
    EXPECT_EQ(WTERMSIG(status), SIGSYS) << name;
  }
  for (const char* name : {"create_file", "truncate_file", "remove_file", "read_second_file"}) {
    EXPECT_EQ(WEXITSTATUS(attempt(name, false)), 0) << name << ": the control";
  }
}

TEST_F(WithFolder, must_be_there) {
  std::filesystem::remove_all(folder);
  EXPECT_EQ(WEXITSTATUS(Probe("hpke", true, nullptr, folder.c_str()).wait()), 5);
}

TEST(lock_in, environment_is_there_without_it) {
  Probe probe("no_environment", false);
  EXPECT_NE(WEXITSTATUS(probe.wait()), 0);
}

TEST(lock_in, shows_in_what_the_kernel_says_of_the_process) {
  const Probe probe("wait", true);
  ASSERT_EQ(probe.read(1).size(), 1);
  const auto directory = "/proc/" + std::to_string(probe.id());
  const auto status = file_content(directory + "/status");
  EXPECT_NE(status.find("NoNewPrivs:\t1\n"), std::string::npos);
  EXPECT_NE(status.find("Seccomp:\t2\n"), std::string::npos);
  EXPECT_NE(status.find("Threads:\t1\n"), std::string::npos);
  EXPECT_EQ(file_content(directory + "/coredump_filter"), "00000000\n") << "no kind of memory goes into a dump";
  const auto limits = file_content(directory + "/limits");
  const auto core = limits.find("Max core file size");
  ASSERT_NE(core, std::string::npos);
  EXPECT_EQ(limits.substr(core, limits.find('\n', core) - core).find_first_of("123456789u"), std::string::npos);
}

TEST(lock_in, closes_inherited_descriptors) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can list the descriptors of a process that is not dumpable";
  const Probe probe("wait", true);
  ASSERT_EQ(probe.read(1).size(), 1);
  const auto directory = "/proc/" + std::to_string(probe.id()) + "/fd/";
  EXPECT_EQ(::access((directory + "0").c_str(), F_OK), 0);
  EXPECT_NE(::access((directory + "3").c_str(), F_OK), 0);
  EXPECT_NE(::access((directory + "100").c_str(), F_OK), 0);
}

/// What a process of the same, ordinary user gets: 0 the memory opens, 1 it does not, 2 the probe does not start.
int read_memory_as_same_user(bool locked) {
  const auto reader = ::fork();
  if (reader == 0) {
    if (::geteuid() == 0 && (::setgroups(0, nullptr) != 0 || ::setgid(kNobody) != 0 || ::setuid(kNobody) != 0))
      ::_exit(2);
    const Probe probe("wait", locked);
    if (probe.read(1).size() != 1) ::_exit(2);
    const auto path = "/proc/" + std::to_string(probe.id()) + "/mem";
    const bool opens = ::open(path.c_str(), O_RDONLY) >= 0;
    probe.kill();
    ::_exit(opens ? 0 : 1);
  }
  int status = 0;
  ::waitpid(reader, &status, 0);
  return WEXITSTATUS(status);
}

TEST(lock_in, memory_is_closed_to_processes_of_the_same_user) {
  if (read_memory_as_same_user(false) != 0)
    GTEST_SKIP() << "this machine does not even open an unlocked process's memory";
  EXPECT_EQ(read_memory_as_same_user(true), 1);
}

TEST(lock_in, frame_loop_answers_and_ends_with_its_input) {
  Probe probe("serve", true);
  const Bytes get_status{10, 0, 0, 0, 1, 7, 0, 0, 0, 0, 0, 0, 0, 5};
  for (int i = 0; i < 3; ++i) {
    probe.write(get_status);
    EXPECT_EQ(probe.read(14), (Bytes{10, 0, 0, 0, 1, 7, 0, 0, 0, 0, 0, 0, 0, 1}));
  }
  probe.end_input();
  const int status = probe.wait();
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

TEST(lock_in, frame_loop_ends_with_status_3_at_a_size_that_cannot_be) {
  Probe probe("serve", true);
  probe.write(Bytes{1, 0, 0x80, 0});
  EXPECT_GT(probe.read(1000).size(), 14);
  const int status = probe.wait();
  EXPECT_TRUE(WIFEXITED(status)) << status;
  EXPECT_EQ(WEXITSTATUS(status), 3);
}

TEST(lock_in, host_that_went_away_is_no_crash) {
  Probe probe("serve", true);
  probe.write(Bytes{10, 0, 0});
  probe.end_input();
  const int status = probe.wait();
  EXPECT_TRUE(WIFEXITED(status)) << status;
  EXPECT_EQ(WEXITSTATUS(status), 4);
}

}  // namespace
}  // namespace substratee::enclave::process
