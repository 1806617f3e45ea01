#include "tests/node/process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>
#include <utility>

namespace substratee::node::test {

NodeCommand::NodeCommand(const std::filesystem::path& directory, std::vector<std::string> arguments)
    : output_(directory / "output") {
  arguments.insert(arguments.begin(), SUBSTRATEE_NODE);
  std::vector<char*> pointers;
  for (auto& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  const int error = ::posix_spawn(&pid_, SUBSTRATEE_NODE, &actions, nullptr, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::runtime_error("spawn");
}

NodeCommand::~NodeCommand() {
  if (pid_ <= 0) return;
  signal(SIGKILL);
  static_cast<void>(end());
}

void NodeCommand::signal(int number) const { ::kill(pid_, number); }

Ended NodeCommand::end() {
  int status = 0;
  ::waitpid(std::exchange(pid_, -1), &status, 0);
  std::ifstream in(output_);
  Ended out{.by_signal = WIFSIGNALED(status), .code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status)};
  out.output.assign(std::istreambuf_iterator<char>(in), {});
  return out;
}

Ended run_node(const std::filesystem::path& directory, std::vector<std::string> arguments) {
  return NodeCommand(directory, std::move(arguments)).end();
}

}  // namespace substratee::node::test
