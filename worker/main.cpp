// substratee-worker: the untrusted half of a worker.
#include "worker/program/run.hpp"

int main(int argc, char** argv) {
  namespace program = substratee::worker::program;
  const auto command = program::parse_command_line(argc, argv);
  if (command.ipfs) return program::run(*command.ipfs);
  return command.run ? program::run(*command.run) : command.exit_status;
}
