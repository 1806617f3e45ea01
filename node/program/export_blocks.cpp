#include "core/base/hex.hpp"
#include "node/program/commands.hpp"
#include "node/program/telling.hpp"
#include "node/service/setup.hpp"

#include <fmt/format.h>

namespace substratee::node::program {

int execute(const ExportOptions& options) {
  const auto opened = service::open_store(options.base_path);
  if (!opened) return failed(opened.error().message);
  const auto& store = *opened->store;
  const auto best = store.best().number;
  const auto last = options.to.value_or(best);
  if (last > best) return failed(fmt::format("--to {}: the chain ends with block #{}", last, best));
  if (options.to && options.from > last) return failed(fmt::format("--from {} is behind --to {}", options.from, last));
  if (options.from > best + 1) {
    return failed(fmt::format("--from {}: the chain ends with block #{}", options.from, best));
  }
  ProgressLine line("Exported");
  const auto done = service::export_blocks(store, options.file, options.from, last,
                                           [&](const service::Progress& progress) { return line.tell(progress); });
  if (!done) return failed(done.error().message);
  fmt::print("Exported {} blocks, #{} to #{}, of the chain with genesis {} into {}\n", last + 1 - options.from,
             options.from, last, to_hex_prefixed(store.genesis_hash()), options.file.string());
  return 0;
}

}  // namespace substratee::node::program
