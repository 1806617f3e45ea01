#include "node/program/commands.hpp"
#include "node/program/telling.hpp"
#include "node/service/setup.hpp"

#include <fmt/format.h>

namespace substratee::node::program {

int execute(const PurgeOptions& options) {
  const auto removed = service::purge_chain(options.base_path);
  if (!removed) return failed(removed.error().message);
  fmt::print("{}\n", *removed ? fmt::format("Removed the chain and its key from {}", options.base_path.string())
                              : fmt::format("No chain in {}", options.base_path.string()));
  return 0;
}

}  // namespace substratee::node::program
