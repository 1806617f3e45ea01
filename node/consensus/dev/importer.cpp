#include "node/consensus/dev/importer.hpp"

#include "core/base/hex.hpp"
#include "core/finality/dev_seal.hpp"
#include "core/primitives/extrinsic.hpp"
#include "core/trie/trie.hpp"

#include <atomic>
#include <thread>

namespace substratee::node::consensus::dev {

namespace {

using primitives::BlockNumber;

std::unexpected<BlockFault> fault(std::string text) { return std::unexpected(BlockFault{std::move(text)}); }

/// One thing to check: a header with its seal and roots, or one extrinsic's signature.
struct Task {
  static constexpr std::size_t kHeader = ~std::size_t{0};
  std::size_t block = 0;
  std::size_t extrinsic = kHeader;
};

enum class Verdict : std::uint8_t { kGood, kBadSeal, kBadExtrinsicsRoot, kMalformed, kNoCheckpoint, kBadSignature };

std::string to_text(Verdict verdict, const Task& task) {
  const auto extrinsic = "extrinsic " + std::to_string(task.extrinsic);
  switch (verdict) {
    case Verdict::kGood: break;
    case Verdict::kBadSeal: return "is not sealed by the authority of this chain";
    case Verdict::kBadExtrinsicsRoot: return "has other extrinsics than its header says";
    case Verdict::kMalformed: return "has a malformed extrinsic (" + extrinsic + ")";
    case Verdict::kNoCheckpoint: return "has an extrinsic that was born in no block before it (" + extrinsic + ")";
    case Verdict::kBadSignature: return "has an extrinsic with a bad signature (" + extrinsic + ")";
  }
  return {};
}

Verdict check_header(const SealedBlock& block, const crypto::ed25519::PublicKey& authority) {
  if (!finality::verify_seal(block.header, authority)) return Verdict::kBadSeal;
  const bool is_root = trie::ordered_root(block.extrinsics) == block.header.extrinsics_root;
  return is_root ? Verdict::kGood : Verdict::kBadExtrinsicsRoot;
}

Verdict check_extrinsic(ByteView wire, BlockNumber number, const HashAt& hash_at) {
  const auto decoded = primitives::decode_extrinsic(wire);
  if (!decoded) return Verdict::kMalformed;
  if (!decoded->signed_part) return Verdict::kGood;
  const auto birth = decoded->signed_part->era.birth(number);
  const auto genesis = hash_at(0);
  const auto checkpoint = birth < number ? hash_at(birth) : std::nullopt;
  if (!genesis || !checkpoint) return Verdict::kNoCheckpoint;
  const auto& version = runtime::runtime_version();
  const primitives::SigningContext context{.spec_version = version.spec_version,
                                           .transaction_version = version.transaction_version,
                                           .genesis_hash = *genesis,
                                           .checkpoint_hash = *checkpoint};
  return primitives::verify_extrinsic(*decoded, context) ? Verdict::kGood : Verdict::kBadSignature;
}

std::vector<Task> tasks_of(std::span<const SealedBlock> blocks) {
  std::vector<Task> tasks;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    tasks.push_back({.block = i});
    for (std::size_t j = 0; j < blocks[i].extrinsics.size(); ++j) tasks.push_back({.block = i, .extrinsic = j});
  }
  return tasks;
}

/// Calls `work(index)` for each index, on so many threads, this one among them.
template <class Work>
void in_parallel(std::size_t count, unsigned threads, const Work& work) {
  constexpr std::size_t kAtOnce = 8;
  std::atomic<std::size_t> next = 0;
  const auto run = [&] {
    for (auto begin = next.fetch_add(kAtOnce); begin < count; begin = next.fetch_add(kAtOnce)) {
      for (auto i = begin; i < std::min(begin + kAtOnce, count); ++i) work(i);
    }
  };
  std::vector<std::jthread> others;
  for (unsigned i = 1; i < threads && i * kAtOnce < count; ++i) others.emplace_back(run);
  run();
}

}  // namespace

std::vector<std::optional<BlockFault>> verify_ahead(std::span<const SealedBlock> blocks, const HashAt& hash_at,
                                                    const crypto::ed25519::PublicKey& authority, unsigned threads) {
  const auto tasks = tasks_of(blocks);
  std::vector<Verdict> verdicts(tasks.size());
  in_parallel(tasks.size(), threads, [&](std::size_t i) {
    const auto& block = blocks[tasks[i].block];
    verdicts[i] = tasks[i].extrinsic == Task::kHeader
                      ? check_header(block, authority)
                      : check_extrinsic(block.extrinsics[tasks[i].extrinsic], block.header.number.value, hash_at);
  });
  std::vector<std::optional<BlockFault>> out(blocks.size());
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    auto& first = out[tasks[i].block];
    if (!first && verdicts[i] != Verdict::kGood) first = BlockFault{to_text(verdicts[i], tasks[i])};
  }
  return out;
}

std::expected<storage::NewBlock, BlockFault> execute_block(storage::ChainStore& store, const SealedBlock& block) {
  const auto& header = block.header;
  const auto parent = store.best();
  if (header.number.value != parent.number + 1 || header.parent_hash != parent.hash) {
    return fault("does not follow block #" + std::to_string(parent.number) + " (" + to_hex_prefixed(parent.hash) + ")");
  }
  const auto view = store.best_view();
  runtime::BlockExecution execution(view, header.number.value, header.parent_hash);
  for (std::size_t i = 0; i < block.extrinsics.size(); ++i) {
    const auto applied = execution.apply(block.extrinsics[i], runtime::SignatureCheck::kDoneByCaller);
    if (!applied) {
      return fault("has an invalid extrinsic (" + std::to_string(i) +
                   "): " + std::string(runtime::to_string(applied.error())));
    }
  }
  if (!execution.has_timestamp()) return fault("has no timestamp");
  auto outcome = std::move(execution).finish();
  FixedBytes<64> signature;
  const auto unsealed = finality::strip_seal(header, signature);
  if (!unsealed || unsealed->digest != outcome.digest) return fault("has another journal than its header says");
  const auto root = store.root_after(outcome.changes);
  if (root != header.state_root) {
    return fault("has state root " + to_hex_prefixed(root) + " after execution, but its header says " +
                 to_hex_prefixed(header.state_root));
  }
  return storage::NewBlock{header, block.extrinsics, std::move(outcome.journal), std::move(outcome.changes)};
}

}  // namespace substratee::node::consensus::dev
