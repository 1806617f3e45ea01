#include "node/service/block_import.hpp"

#include "core/base/hex.hpp"
#include "node/service/genesis_facts.hpp"

#include <fmt/format.h>

#include <deque>
#include <future>
#include <thread>

namespace substratee::node::service {

namespace {

using consensus::dev::BlockFault;
using primitives::BlockHash;
using primitives::BlockNumber;
using storage::Code;
using storage::fail;

constexpr std::size_t kPortionBlocks = 512;
constexpr std::size_t kPortionExtrinsics = 4'096;
constexpr std::size_t kPortionBytes = std::size_t{16} << 20;
/// Eras reach back 256 blocks.
constexpr std::size_t kKnownHashes = 1'024;

/// Blocks that are read and verified together.
struct Portion {
  std::vector<SealedBlock> blocks;
  std::vector<BlockHash> hashes;
  std::vector<std::optional<BlockFault>> faults;
  [[nodiscard]] bool empty() const noexcept { return blocks.empty(); }
};

std::unexpected<storage::Error> bad_block(const SealedBlock& block, const BlockHash& hash, std::string_view text) {
  return fail(Code::kCorrupt, fmt::format("block #{} ({}) {}; the blocks before it are imported: get the rest from a "
                                          "node that you trust",
                                          block.header.number.value, to_hex_prefixed(hash), text));
}

/// Reads, and verifies without any state. One thread at a time; `store` only for blocks that are long in it.
class Ahead {
 public:
  Ahead(const storage::ChainStore& store, BlockFileReader& file, crypto::ed25519::PublicKey authority)
      : store_(store), file_(file), authority_(authority), first_new_(store.best().number + 1) {}

  storage::Result<Portion> next() {
    Portion out;
    std::size_t extrinsics = 0;
    std::size_t bytes = 0;
    while (out.blocks.size() < kPortionBlocks && extrinsics < kPortionExtrinsics && bytes < kPortionBytes) {
      auto block = SUBSTRATEE_TRY(file_.next());
      if (!block) break;
      const auto hash = block->header.hash();
      if (block->header.number.value < first_new_) {
        SUBSTRATEE_TRY(compare(*block, hash));
        continue;
      }
      extrinsics += block->extrinsics.size();
      for (const auto& extrinsic : block->extrinsics) bytes += extrinsic.size();
      out.blocks.push_back(*std::move(block));
      out.hashes.push_back(hash);
    }
    verify(out);
    return out;
  }

 private:
  /// What is here already must be the same.
  storage::Result<void> compare(const SealedBlock& block, const BlockHash& hash) const {
    const auto number = block.header.number.value;
    if (SUBSTRATEE_TRY(store_.hash(number)) == hash) return {};
    return fail(Code::kForeign,
                fmt::format("block #{} of the file ({}) is not the one that is here: the file is of another branch of "
                            "this chain; import it into another --base-path",
                            number, to_hex_prefixed(hash)));
  }

  void verify(Portion& portion) {
    const auto first = portion.empty() ? 0 : portion.blocks.front().header.number.value;
    known_.insert(known_.end(), portion.hashes.begin(), portion.hashes.end());
    const auto end = first + portion.hashes.size();
    const auto begin = end - known_.size();
    const auto hash_at = [&](BlockNumber number) -> std::optional<BlockHash> {
      if (number >= end) return std::nullopt;
      if (number >= begin && number >= first_new_) return known_[number - begin];
      const auto hash = number == 0 ? store_.genesis_hash() : store_.hash(number).value_or(BlockHash{});
      return hash;
    };
    portion.faults = consensus::dev::verify_ahead(portion.blocks, hash_at, authority_,
                                                  std::max(1u, std::thread::hardware_concurrency()));
    while (known_.size() > kKnownHashes) known_.pop_front();
  }

  const storage::ChainStore& store_;
  BlockFileReader& file_;
  crypto::ed25519::PublicKey authority_;
  BlockNumber first_new_;
  std::deque<BlockHash> known_;  ///< hashes of the last blocks read
};

storage::Result<void> check_same_chain(const storage::ChainStore& store, const BlockFileHead& head) {
  if (head.genesis_hash != store.genesis_hash()) {
    return fail(Code::kForeign,
                fmt::format("the file is of another chain: its genesis is {}, the one here is {}; choose another "
                            "--base-path or another file",
                            to_hex_prefixed(head.genesis_hash), to_hex_prefixed(store.genesis_hash())));
  }
  const auto best = store.best().number;
  if (head.first <= head.last && head.first > best + 1) {
    return fail(Code::kForeign, fmt::format("the file begins with block #{}, but the chain here ends with #{}; import "
                                            "the blocks between them first",
                                            head.first, best));
  }
  return {};
}

storage::Result<void> execute(storage::ChainStore& store, const Portion& portion, Progress& progress) {
  for (std::size_t i = 0; i < portion.blocks.size(); ++i) {
    const auto& block = portion.blocks[i];
    if (portion.faults[i]) return bad_block(block, portion.hashes[i], portion.faults[i]->text);
    const auto executed = consensus::dev::execute_block(store, block);
    if (!executed) return bad_block(block, portion.hashes[i], executed.error().text);
    SUBSTRATEE_TRY(store.commit(*executed, storage::Sync::kLater));
    progress.block = block.header.number.value;
    progress.extrinsics += block.extrinsics.size();
  }
  return store.sync();
}

}  // namespace

storage::Result<void> export_blocks(const storage::ChainStore& store, const std::filesystem::path& file,
                                    BlockNumber first, BlockNumber last, const OnProgress& on_progress) {
  const bool is_whole = first == 1;
  const auto genesis = SUBSTRATEE_TRY(store.at(store.genesis_hash()));
  auto writer = SUBSTRATEE_TRY(BlockFileWriter::create(
      file, {.genesis_hash = store.genesis_hash(), .first = first, .last = last, .has_genesis = is_whole},
      is_whole ? genesis.get() : nullptr));
  Progress progress{.first = first, .block = first - 1, .last = last, .extrinsics = 0};
  for (std::uint64_t number = first; number <= last; ++number) {
    progress.block = static_cast<BlockNumber>(number);
    const SealedBlock block{SUBSTRATEE_TRY(store.header(progress.block)),
                            SUBSTRATEE_TRY(store.extrinsics(progress.block))};
    SUBSTRATEE_TRY(writer.write(block));
    progress.extrinsics += block.extrinsics.size();
    const bool is_portion = number % kPortionBlocks == 0 || number == last;
    if (is_portion && !on_progress(progress) && number != last) {
      return fail(Code::kDisk, fmt::format("interrupted at block #{}; no file is written: run it again", number));
    }
  }
  return writer.finish();
}

storage::Result<Progress> import_blocks(storage::ChainStore& store, BlockFileReader& file,
                                        const OnProgress& on_progress) {
  SUBSTRATEE_TRY(check_same_chain(store, file.head()));
  const auto authority = SUBSTRATEE_TRY(authority_of(store));
  const auto best = store.best().number;
  Progress progress{.first = best + 1, .block = best, .last = file.head().last, .extrinsics = 0};
  Ahead ahead(store, file, authority);
  auto portion = SUBSTRATEE_TRY(ahead.next());
  while (!portion.empty()) {
    auto next = std::async(std::launch::async, [&ahead] { return ahead.next(); });
    const auto done = execute(store, portion, progress);
    auto read = next.get();
    if (!done) {
      static_cast<void>(store.sync());  // the blocks before it are good
      return std::unexpected(done.error());
    }
    if (!on_progress(progress)) return progress;
    portion = SUBSTRATEE_TRY(std::move(read));
  }
  return progress;
}

}  // namespace substratee::node::service
