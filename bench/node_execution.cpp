// Blocks of transfers and of call_worker: imported into a fresh chain as a node does it, against the verification of
// their signatures alone on all cores. Prints one JSON object.
#include "core/crypto/system_random.hpp"
#include "core/primitives/extrinsic.hpp"
#include "core/primitives/keyring.hpp"
#include "core/registry/calls.hpp"
#include "node/consensus/dev/author.hpp"
#include "node/consensus/dev/importer.hpp"
#include "node/runtime/call.hpp"
#include "node/runtime/genesis.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <future>
#include <iostream>
#include <thread>

#include <unistd.h>

namespace substratee::bench {
namespace {

using Clock = std::chrono::steady_clock;
using namespace node;  // NOLINT(google-build-using-namespace)
using consensus::dev::SealedBlock;

constexpr std::size_t kAccounts = 1'000;
constexpr std::uint64_t kStart = 1'790'000'000'000;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }
unsigned cores() { return std::max(1U, std::thread::hardware_concurrency()); }

/// work(i) for all i, on all cores.
template <class Work>
void on_all_cores(std::size_t count, const Work& work) {
  std::atomic<std::size_t> next = 0;
  std::vector<std::jthread> threads;
  for (unsigned t = 0; t < cores(); ++t) {
    threads.emplace_back([&] {
      for (auto i = next++; i < count; i = next++) work(i);
    });
  }
}

struct World {
  crypto::SystemRandom random;
  crypto::ed25519::KeyPair authority = crypto::ed25519::KeyPair::from_seed(random.draw<32>().bytes);
  std::vector<primitives::AccountKey> accounts;
  registry::ShardId shard = registry::shard_id("counter", "default");
  std::map<Bytes, Bytes> genesis;

  World() {
    runtime::GenesisConfig config = runtime::development_genesis(authority.public_key(), {}, {});
    for (std::size_t i = 0; i < kAccounts; ++i) {
      accounts.push_back(
          *primitives::AccountKey::from_uri(fmt::format("//bench//{}", i), primitives::Scheme::kSr25519, random));
      config.endowed.emplace_back(accounts.back().account(), primitives::Balance{1} << 60);
    }
    genesis = runtime::build_genesis(config);
    // A founded shard, without the enclave that founds it.
    auto& stored = genesis.at(runtime::substratee_registry::kShards.key(shard));
    auto value = *scale::decode<registry::Shard>(stored);
    value.shielding_key.emplace();
    value.epoch = 1;
    stored = scale::encode(value);
  }
  [[nodiscard]] primitives::Header header() const { return runtime::genesis_header(genesis); }
};

/// A chain on disk, gone with its owner.
struct DiskChain {
  std::filesystem::path directory;
  std::unique_ptr<storage::ChainStore> store;

  DiskChain(const World& world, std::string_view name)
      : directory(std::filesystem::temp_directory_path() / fmt::format("substratee-bench-{}-{}", ::getpid(), name)) {
    std::filesystem::remove_all(directory);
    auto opened = storage::ChainStore::open(directory);
    if (!opened || !(*opened)->initialise(world.header(), world.genesis)) throw std::runtime_error("no chain on disk");
    store = *std::move(opened);
  }
  DiskChain(const DiskChain&) = delete;
  DiskChain& operator=(const DiskChain&) = delete;
  ~DiskChain() {
    store.reset();
    std::filesystem::remove_all(directory);
  }
};

using MakeCall = Bytes (*)(const World&, std::size_t n);

Bytes transfer(const World& world, std::size_t n) {
  return registry::encode_transfer(world.accounts[(n * 7 + 1) % kAccounts].account(), 1'000'000);
}
Bytes call_worker(const World& world, std::size_t) {
  return registry::encode_call(registry::CallWorker{world.shard, {1, 1, {}, {Bytes(300, 0x5a)}}});
}

/// Extrinsic n is of account n mod kAccounts: nonces in order for each.
std::vector<Bytes> sign(const World& world, MakeCall call, std::size_t count) {
  const auto genesis = world.header().hash();
  const auto& version = runtime::runtime_version();
  const primitives::SigningContext context{version.spec_version, version.transaction_version, genesis, genesis};
  std::vector<Bytes> out(count);
  on_all_cores(count, [&](std::size_t n) {
    crypto::SystemRandom random;
    out[n] = primitives::encode_extrinsic(primitives::sign_extrinsic(call(world, n), primitives::Era::immortal(),
                                                                     static_cast<primitives::Nonce>(n / kAccounts), 0,
                                                                     context, world.accounts[n % kAccounts], random));
  });
  return out;
}

std::vector<SealedBlock> author(const World& world, const std::vector<Bytes>& extrinsics, std::size_t per_block) {
  DiskChain chain(world, "author");
  std::vector<SealedBlock> out;
  for (std::size_t begin = 0; begin < extrinsics.size(); begin += per_block) {
    const auto end = std::min(begin + per_block, extrinsics.size());
    const std::vector<ByteView> candidates(extrinsics.begin() + static_cast<std::ptrdiff_t>(begin),
                                           extrinsics.begin() + static_cast<std::ptrdiff_t>(end));
    auto made = consensus::dev::author_block(*chain.store, candidates, kStart + out.size() * 1000, world.authority);
    if (!made || made->included.size() != candidates.size()) throw std::runtime_error("an extrinsic was refused");
    out.push_back({made->block.header, made->block.extrinsics});
    if (!chain.store->commit(made->block)) throw std::runtime_error("a block could not be written");
  }
  return out;
}

/// Signatures a second, if nothing else cost time.
double bound(const World& world, const std::vector<Bytes>& extrinsics) {
  const auto genesis = world.header().hash();
  const auto& version = runtime::runtime_version();
  const primitives::SigningContext context{version.spec_version, version.transaction_version, genesis, genesis};
  std::atomic<std::size_t> good = 0;
  const auto start = Clock::now();
  on_all_cores(extrinsics.size(), [&](std::size_t n) {
    if (primitives::verify_extrinsic(*primitives::decode_extrinsic(extrinsics[n]), context)) ++good;
  });
  if (good != extrinsics.size()) throw std::runtime_error("a signature does not hold");
  return static_cast<double>(extrinsics.size()) / seconds_since(start);
}

/// The next block's signatures are verified on all cores while this one is executed.
double import_blocks(const World& world, const std::vector<SealedBlock>& blocks) {
  DiskChain chain(world, "import");
  std::vector<primitives::BlockHash> hashes{chain.store->genesis_hash()};
  for (const auto& block : blocks) hashes.push_back(block.header.hash());
  const auto verify = [&](std::size_t i) {
    return consensus::dev::verify_ahead(
        std::span(&blocks[i], 1),
        [&](primitives::BlockNumber number) {
          return number < hashes.size() ? std::optional(hashes[number]) : std::nullopt;
        },
        world.authority.public_key(), cores());
  };
  std::size_t extrinsics = 0;
  const auto start = Clock::now();
  auto ahead = std::async(std::launch::async, verify, 0);
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (ahead.get().front()) throw std::runtime_error("a block of its own making was refused");
    if (i + 1 < blocks.size()) ahead = std::async(std::launch::async, verify, i + 1);
    const auto executed = consensus::dev::execute_block(*chain.store, blocks[i]);
    if (!executed || !chain.store->commit(*executed)) throw std::runtime_error("a block could not be imported");
    extrinsics += blocks[i].extrinsics.size() - 1;
  }
  return static_cast<double>(extrinsics) / seconds_since(start);
}

boost::json::object run(const World& world, MakeCall call, std::size_t count, std::size_t per_block) {
  const auto extrinsics = sign(world, call, count);
  const auto blocks = author(world, extrinsics, per_block);
  const auto most = bound(world, extrinsics);
  const auto rate = import_blocks(world, blocks);
  return {{"extrinsics", count},
          {"blocks", blocks.size()},
          {"extrinsics_per_second", rate},
          {"bound_per_second", most},
          {"share_of_bound", rate / most}};
}

}  // namespace
}  // namespace substratee::bench

int main(int argc, char** argv) {
  using namespace substratee;
  std::size_t count = 100'000;
  std::size_t per_block = 5'000;
  CLI::App app("Imports blocks and compares with the verification of their signatures alone.",
               "substratee-bench-node-execution");
  app.add_option("--extrinsics", count, "How many of each kind")->capture_default_str();
  app.add_option("--per-block", per_block, "Extrinsics of one block")
      ->check(CLI::Range(1, 6'000))
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  crypto::initialise();
  try {
    const bench::World world;
    const boost::json::object result{{"transfers", bench::run(world, bench::transfer, count, per_block)},
                                     {"calls", bench::run(world, bench::call_worker, count, per_block)}};
    std::cout << boost::json::serialize(result) << "\n";
  } catch (const std::exception& failure) {
    fmt::print(stderr, "substratee-bench-node-execution: {}\n", failure.what());
    return 1;
  }
  return 0;
}
