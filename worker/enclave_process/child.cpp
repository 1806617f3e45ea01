#include "worker/enclave_process/child.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <memory>
#include <thread>

namespace substratee::worker::enclave_process {
namespace {

struct Pipe {
  net::Descriptor read;
  net::Descriptor write;
};

std::optional<Pipe> make_pipe() {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return std::nullopt;
  return Pipe{net::Descriptor(ends[0]), net::Descriptor(ends[1])};
}

/// For frames with blocks of a state: a pipe lets its two ends copy only in turns, and the other one spins meanwhile.
std::optional<Pipe> make_wide_pipe() {
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return std::nullopt;
  Pipe out{net::Descriptor(ends[0]), net::Descriptor(ends[1])};
  ::shutdown(ends[0], SHUT_WR);
  const int size = 1 << 20;  // the system may allow less
  ::setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  return out;
}

std::string describe(int status) {
  if (WIFSIGNALED(status)) return fmt::format("killed by SIG{}", ::sigabbrev_np(WTERMSIG(status)));
  return fmt::format("exit status {}", WEXITSTATUS(status));
}

/// posix_spawn with the three pipe ends on 0, 1, 2; the error number, 0 if it runs.
int start(const std::filesystem::path& program, const std::vector<std::string>& arguments, int in, int out, int log,
          pid_t& pid) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, log, STDERR_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  sigset_t all;
  sigset_t none;
  sigfillset(&all);
  sigemptyset(&none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);

  auto path = program.string();
  std::vector<std::string> owned = arguments;
  std::vector<char*> argv{path.data()};
  for (auto& argument : owned) argv.push_back(argument.data());
  argv.push_back(nullptr);
  char* environment[] = {nullptr};
  const int error = posix_spawn(&pid, path.c_str(), &actions, &attributes, argv.data(), environment);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return error;
}

}  // namespace

Result<std::unique_ptr<Child>> Child::spawn(const std::filesystem::path& program,
                                            const std::vector<std::string>& arguments) {
  auto input = make_wide_pipe();
  auto output = make_pipe();
  auto log = make_pipe();
  if (!input || !output || !log) {
    return fail(FailureCode::kEnclave, fmt::format("no pipe for the enclave: {}", std::strerror(errno)),
                "close programs or raise the limit of open files");
  }
  pid_t pid = 0;
  const int error = start(program, arguments, input->read.get(), output->write.get(), log->write.get(), pid);
  if (error != 0) {
    return fail(FailureCode::kOption,
                fmt::format("the enclave {} cannot be started: {}", program.string(), std::strerror(error)),
                "build substratee-enclave, or name it with --enclave");
  }
  return std::unique_ptr<Child>(new Child(pid, std::move(input->write), std::move(output->read), std::move(log->read)));
}

Child::~Child() {
  if (wait(std::chrono::milliseconds(0))) return;
  kill();
  static_cast<void>(wait(std::chrono::seconds(5)));
}

std::optional<std::string> Child::wait(std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (true) {
    {
      const std::lock_guard lock(mutex_);
      int status = 0;
      if (!end_ && ::waitpid(pid_, &status, WNOHANG) == pid_) end_ = describe(status);
      if (end_) return end_;
    }
    if (std::chrono::steady_clock::now() >= deadline) return std::nullopt;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

void Child::kill() noexcept {
  const std::lock_guard lock(mutex_);
  if (!end_) ::kill(pid_, SIGKILL);
}

}  // namespace substratee::worker::enclave_process
