/// substratee-node.

#include "node/program/commands.hpp"
#include "node/storage/trie_node.hpp"

#include <cstdio>
#include <exception>

int main(int argc, char** argv) {
  using namespace substratee::node;
  try {
    return std::visit([](const auto& command) { return program::execute(command); },
                      program::parse_command_line(argc, argv));
  } catch (const storage::Unreadable& unreadable) {
    std::fprintf(stderr, "Error: %s\n", unreadable.what());
    return 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "Error: %s; please report this\n", error.what());
    return 1;
  }
}
