#include "core/base/hex.hpp"
#include "core/crypto/system_random.hpp"
#include "node/program/commands.hpp"
#include "node/program/telling.hpp"
#include "node/service/setup.hpp"

#include <fmt/format.h>

namespace substratee::node::program {

namespace {

storage::Result<std::optional<service::ChainSpec>> given_spec(const ImportOptions& options) {
  if (options.chain.empty()) return std::optional<service::ChainSpec>{};
  return std::optional(SUBSTRATEE_TRY(service::read_chain_spec(options.chain)));
}

/// A file from the middle of a chain goes nowhere else.
storage::Result<void> check_has_beginning(const ImportOptions& options, const service::BlockFileHead& head) {
  std::error_code unreadable;
  if (head.has_genesis || head.first <= 1 || std::filesystem::exists(options.base_path / "db", unreadable)) return {};
  return storage::fail(storage::Code::kForeign,
                       fmt::format("file {} begins with #{} and has no genesis state, and there is no chain in {} that "
                                   "it goes on with; import the blocks from #1 on first",
                                   options.file.string(), head.first, options.base_path.string()));
}

/// The chain that the file shall go into.
storage::Result<service::OpenStore> open(const ImportOptions& options, const service::BlockFileReader& file) {
  SUBSTRATEE_TRY(check_has_beginning(options, file.head()));
  const auto spec = SUBSTRATEE_TRY(given_spec(options));
  if (!spec) return service::open_or_make_store(options.base_path, file.genesis(), spec, options.pruning);
  const auto genesis = runtime::build_genesis(spec->genesis);
  const auto hash = runtime::genesis_header(genesis).hash();
  if (hash != file.head().genesis_hash) {
    return storage::fail(storage::Code::kForeign,
                         fmt::format("file {} is of the chain with genesis {}, but {} makes a chain with genesis {}; "
                                     "give the specification of that chain",
                                     options.file.string(), to_hex_prefixed(file.head().genesis_hash),
                                     options.chain.string(), to_hex_prefixed(hash)));
  }
  return service::open_or_make_store(options.base_path, genesis, spec, options.pruning);
}

void tell_end(const storage::ChainStore& store, const service::Progress& done, const ProgressLine& line) {
  const auto best = store.best();
  const auto blocks = done.block + 1 - done.first;
  if (blocks == 0) {
    fmt::print("Nothing to import: the chain has block #{} already\n", done.last);
  } else {
    fmt::print("Imported {} blocks with {} extrinsics in {:.1f} s ({:.0f} blocks/s, {:.0f} extrinsics/s)\n", blocks,
               done.extrinsics, line.seconds(), blocks / line.seconds(),
               static_cast<double>(done.extrinsics) / line.seconds());
  }
  fmt::print("Best block: #{} ({}), state root {}\n", best.number, to_hex_prefixed(best.hash),
             to_hex_prefixed(store.best_header().state_root));
}

}  // namespace

int execute(const ImportOptions& options) {
  crypto::initialise();
  auto file = service::BlockFileReader::open(options.file);
  if (!file) return failed(file.error().message);
  const auto opened = open(options, *file);
  if (!opened) return failed(opened.error().message);
  auto& store = *opened->store;
  ProgressLine line("Imported");
  const auto done =
      service::import_blocks(store, *file, [&](const service::Progress& progress) { return line.tell(progress); });
  if (!done) return failed(done.error().message);
  tell_end(store, *done, line);
  if (done->block >= done->last) return 0;
  return failed(fmt::format("interrupted behind block #{}; run the same command again to go on", done->block));
}

}  // namespace substratee::node::program
