/// substratee-node.

#include "node/program/run.hpp"

#include <cstdio>
#include <exception>

int main(int argc, char** argv) {
  using namespace substratee::node;
  try {
    const auto command = program::parse_command_line(argc, argv);
    if (const auto* run = std::get_if<program::RunOptions>(&command)) return program::run(*run);
    if (const auto* purge = std::get_if<program::PurgeOptions>(&command)) return program::purge(*purge);
    return std::get<program::Exit>(command).code;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "Error: %s; please report this\n", error.what());
    return 1;
  }
}
