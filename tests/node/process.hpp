#pragma once

/// substratee-node as a process of the test's own.

#include <filesystem>
#include <string>
#include <vector>

namespace substratee::node::test {

struct Ended {
  bool by_signal = false;
  int code = 0;             ///< exit status, or the signal
  std::string output = {};  ///< standard output and standard error
};

class NodeCommand {
 public:
  /// Starts it; its output goes to a file in `directory`.
  NodeCommand(const std::filesystem::path& directory, std::vector<std::string> arguments);
  NodeCommand(const NodeCommand&) = delete;
  NodeCommand& operator=(const NodeCommand&) = delete;
  ~NodeCommand();
  void signal(int number) const;
  /// Waits for its end.
  Ended end();

 private:
  std::filesystem::path output_;
  int pid_ = -1;
};

/// From start to end.
Ended run_node(const std::filesystem::path& directory, std::vector<std::string> arguments);

}  // namespace substratee::node::test
