#include "core/base/hex.hpp"
#include "core/crypto/system_random.hpp"
#include "node/program/commands.hpp"
#include "node/program/telling.hpp"
#include "node/service/chain_check.hpp"
#include "node/service/setup.hpp"

#include <fmt/format.h>

namespace substratee::node::program {

int execute(const CheckOptions& options) {
  crypto::initialise();
  const auto opened = service::open_store(options.base_path);
  if (!opened) return failed(opened.error().message);
  const auto& store = *opened->store;
  const auto report = service::check_chain(store, [](std::string_view what, std::uint64_t done, std::uint64_t all) {
    if (done > 0) fmt::print(stderr, "Checked {} of {} {}\n", done, all, what);
  });
  if (!report) return failed(report.error().message);
  for (const auto& problem : report->problems) fmt::print("{}\n", problem);
  if (report->has_more) fmt::print("… and more\n");
  fmt::print("{} blocks up to #{} ({}), {} states in {} nodes, --pruning {}, genesis {}\n", report->blocks,
             store.best().number, to_hex_prefixed(store.best().hash), report->states, report->state_nodes,
             storage::to_string(store.pruning()), to_hex_prefixed(store.genesis_hash()));
  if (report->problems.empty()) {
    fmt::print("The database is in order\n");
    return 0;
  }
  return failed(
      fmt::format("the database in {} is damaged: run `substratee-node purge-chain`, which keeps the key, and import "
                  "the blocks (`import-blocks`, with --chain if the chain has a specification) from an export, or "
                  "begin a new chain",
                  options.base_path.string()));
}

}  // namespace substratee::node::program
