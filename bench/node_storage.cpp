// The node's storage: state roots, cold start, import of blocks. Prints one JSON object.
#include "core/crypto/hash.hpp"
#include "core/crypto/system_random.hpp"
#include "core/primitives/extrinsic.hpp"
#include "core/registry/calls.hpp"
#include "node/consensus/dev/author.hpp"
#include "node/runtime/genesis.hpp"
#include "node/service/block_import.hpp"
#include "node/service/keystore.hpp"
#include "node/service/setup.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <chrono>
#include <iostream>
#include <thread>

namespace substratee::bench {
namespace {

namespace json = boost::json;
namespace storage = node::storage;
namespace service = node::service;
namespace runtime = node::runtime;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kStartTime = 1'790'000'000'000;

struct Options {
  std::filesystem::path directory;
  std::size_t keys = 1'000'000;
  std::size_t changes = 10'000;
  std::size_t blocks = 100'000;
  std::size_t extrinsics = 100'000;
};

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Aborts the run: figures of a broken run are worth nothing.
template <class T>
T must(std::expected<T, storage::Error> result) {
  if (!result) throw std::runtime_error(result.error().message);
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

std::uint64_t resident_bytes() {
  struct rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

std::uint64_t bytes_on_disk(const std::filesystem::path& directory) {
  std::uint64_t out = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) out += entry.file_size();
  }
  return out;
}

/// Like a key of a map in a real state: two hashes of names, blake2_128 of the account, the account. 80 bytes of value.
Bytes key_of(std::uint64_t number) {
  const auto account = crypto::blake2_256(scale::encode(number));
  return concat(crypto::twox_128(as_bytes("System")), crypto::twox_128(as_bytes("Account")),
                crypto::blake2_128(account), account);
}
Bytes value_of(std::uint64_t number) {
  Bytes out(80, static_cast<std::uint8_t>(number));
  const auto tail = scale::encode(number);
  std::ranges::copy(tail, out.begin());
  return out;
}

void commit(storage::ChainStore& store, storage::Changes changes) {
  storage::NewBlock block;
  block.header.parent_hash = store.best().hash;
  block.header.number.value = store.best().number + 1;
  block.header.state_root = store.root_after(changes);
  block.changes = std::move(changes);
  must(store.commit(block, storage::Sync::kLater));
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

/// Nine of ten changes are new values of old keys, the rest new keys and deletions.
storage::Changes random_changes(Random& random, const Options& options, std::uint64_t& next_key) {
  storage::Changes changes;
  while (changes.size() < options.changes) {
    const auto draw = scale::decode<std::uint64_t>(random.draw<8>().bytes).value();
    const auto key = key_of(draw % options.keys);
    if (draw % 20 == 0) {
      changes[key_of(next_key++)] = value_of(draw);
    } else if (draw % 20 == 1) {
      changes[key] = std::nullopt;
    } else {
      changes[key] = value_of(draw);
    }
  }
  return changes;
}

json::object measure_roots(const Options& options, Random& random) {
  const auto path = options.directory / "state";
  auto store = must(storage::ChainStore::open(path));
  primitives::Header genesis;
  genesis.state_root = trie::empty_root();
  must(store->initialise(genesis, {}));
  const auto memory_before = resident_bytes();
  constexpr std::size_t kAtOnce = 20'000;
  for (std::uint64_t key = 0; key < options.keys;) {
    storage::Changes changes;
    for (std::size_t i = 0; i < kAtOnce && key < options.keys; ++i, ++key) changes[key_of(key)] = value_of(key);
    commit(*store, std::move(changes));
  }
  const auto memory = resident_bytes() - memory_before;
  std::vector<double> roots;
  std::vector<double> commits;
  std::uint64_t next_key = options.keys;
  for (int round = 0; round < 9; ++round) {
    auto changes = random_changes(random, options, next_key);
    auto start = Clock::now();
    static_cast<void>(store->root_after(changes));
    roots.push_back(1e3 * seconds_since(start));
    start = Clock::now();
    commit(*store, std::move(changes));
    commits.push_back(1e3 * seconds_since(start));
  }
  const auto state = must(store->at(store->best().hash));
  constexpr int kReads = 100'000;
  auto start = Clock::now();
  for (int i = 0; i < kReads; ++i) {
    static_cast<void>(state->get(key_of(scale::decode<std::uint64_t>(random.draw<8>().bytes).value() % options.keys)));
  }
  const auto reads = kReads / seconds_since(start);
  start = Clock::now();
  for (int i = 0; i < 1'000; ++i) {
    const std::vector<Bytes> keys = {key_of(static_cast<std::uint64_t>(i) * 997 % options.keys)};
    static_cast<void>(state->prove(keys));
  }
  const auto proof = 1e6 * seconds_since(start) / 1'000;
  return {{"keys", options.keys},
          {"changes", options.changes},
          {"root_milliseconds", median(roots)},
          {"root_and_commit_milliseconds", median(commits)},
          {"reads_per_second", reads},
          {"proof_microseconds", proof},
          {"memory_bytes_per_key", static_cast<double>(memory) / static_cast<double>(options.keys)},
          {"disk_bytes_per_key", static_cast<double>(bytes_on_disk(path)) / static_cast<double>(options.keys)}};
}

/// A base path that the node starts from, with so many empty blocks.
json::object make_long_chain(const Options& options, Random& random) {
  const auto base = options.directory / "long";
  const auto seed = service::Seed::draw(random);
  const auto authority = crypto::ed25519::KeyPair::from_seed(seed.view());
  must(service::write_seed(service::authority_file(base), seed));
  const auto genesis = runtime::build_genesis(runtime::development_genesis(authority.public_key(), {}, {}));
  auto opened = must(service::open_or_make_store(base, genesis, std::nullopt, std::nullopt));
  for (std::size_t n = 1; n <= options.blocks; ++n) {
    const auto authored = node::consensus::dev::author_block(*opened.store, {}, kStartTime + n, authority);
    must(opened.store->commit(authored->block, storage::Sync::kLater));
  }
  must(opened.store->sync());
  opened.store.reset();
  const auto start = Clock::now();
  const auto again = must(storage::ChainStore::open(base / "db"));
  return {{"blocks", options.blocks},
          {"base_path", base.string()},
          {"open_milliseconds", 1e3 * seconds_since(start)},
          {"disk_bytes_per_block", static_cast<double>(bytes_on_disk(base)) / static_cast<double>(options.blocks)}};
}

struct Sender {
  primitives::AccountKey key;
  primitives::Nonce nonce = 0;
};

std::vector<Sender> make_senders(std::size_t count, Random& random) {
  std::vector<Sender> out;
  for (std::size_t i = 0; i < count; ++i) {
    const auto uri = fmt::format("//bench//{}", i);
    out.push_back({*primitives::AccountKey::from_uri(uri, primitives::Scheme::kSr25519, random)});
  }
  return out;
}

/// Blocks of 100 transfers, sr25519, into a file.
std::vector<Bytes> make_transfers(storage::ChainStore& store, std::vector<Sender>& senders,
                                  const crypto::ed25519::KeyPair& authority, const Options& options, Random& random) {
  constexpr std::size_t kInBlock = 100;
  const auto& version = runtime::runtime_version();
  const auto genesis = store.genesis_hash();
  const primitives::SigningContext context{version.spec_version, version.transaction_version, genesis, genesis};
  std::vector<Bytes> sample;
  for (std::size_t sent = 0; sent < options.extrinsics;) {
    std::vector<Bytes> extrinsics;
    for (std::size_t i = 0; i < kInBlock && sent < options.extrinsics; ++i, ++sent) {
      auto& sender = senders[sent % senders.size()];
      const auto to = senders[(sent + 1) % senders.size()].key.account();
      extrinsics.push_back(primitives::encode_extrinsic(
          primitives::sign_extrinsic(registry::encode_transfer(to, 2'000'000), primitives::Era::immortal(),
                                     sender.nonce++, 0, context, sender.key, random)));
    }
    if (sample.empty()) sample = extrinsics;
    const std::vector<ByteView> wires(extrinsics.begin(), extrinsics.end());
    const auto authored =
        node::consensus::dev::author_block(store, wires, kStartTime + store.best().number + 1, authority);
    if (authored->included.size() != extrinsics.size()) throw std::runtime_error("a transfer was refused");
    must(store.commit(authored->block, storage::Sync::kLater));
  }
  return sample;
}

/// Signatures a second on one core.
double verifications_per_second(const std::vector<Bytes>& sample, const Hash256& genesis) {
  const auto& version = runtime::runtime_version();
  const primitives::SigningContext context{version.spec_version, version.transaction_version, genesis, genesis};
  const auto start = Clock::now();
  constexpr int kRounds = 20;
  for (int round = 0; round < kRounds; ++round) {
    for (const auto& wire : sample) {
      if (!primitives::verify_extrinsic(*primitives::decode_extrinsic(wire), context)) {
        throw std::runtime_error("a signature does not hold");
      }
    }
  }
  return kRounds * static_cast<double>(sample.size()) / seconds_since(start);
}

json::object measure_import(const Options& options, Random& random) {
  const auto authority = crypto::ed25519::KeyPair::from_seed(random.draw<32>().bytes);
  auto senders = make_senders(100, random);
  auto config = runtime::development_genesis(authority.public_key(), {}, {});
  for (const auto& sender : senders) config.endowed.emplace_back(sender.key.account(), primitives::Balance{1} << 80);
  const auto genesis = runtime::build_genesis(config);
  const auto all = [](const service::Progress&) { return true; };
  const auto file = options.directory / "blocks";
  auto source = must(service::open_or_make_store(options.directory / "source", genesis, std::nullopt, std::nullopt));
  const auto sample = make_transfers(*source.store, senders, authority, options, random);
  must(service::export_blocks(*source.store, file, 1, source.store->best().number, all));
  const auto one_core = verifications_per_second(sample, source.store->genesis_hash());

  auto target = must(service::open_or_make_store(options.directory / "target", genesis, std::nullopt, std::nullopt));
  auto reader = must(service::BlockFileReader::open(file));
  const auto start = Clock::now();
  const auto done = must(service::import_blocks(*target.store, reader, all));
  const auto seconds = seconds_since(start);
  if (target.store->best() != source.store->best()) throw std::runtime_error("another chain came out");
  const auto cores = std::max(1u, std::thread::hardware_concurrency());
  const auto rate = static_cast<double>(options.extrinsics) / seconds;
  return {{"extrinsics", options.extrinsics},
          {"blocks", done.block},
          {"seconds", seconds},
          {"extrinsics_per_second", rate},
          {"cores", cores},
          {"verifications_per_second_per_core", one_core},
          {"share_of_bound", rate / (one_core * cores)}};
}

}  // namespace
}  // namespace substratee::bench

int main(int argc, char** argv) try {
  using namespace substratee;
  bench::Options options;
  CLI::App app("Measures the node's storage: state roots, cold start, import of blocks.");
  app.add_option("--directory", options.directory, "Empty, for what is made")->required();
  app.add_option("--keys", options.keys, "of the state")->capture_default_str();
  app.add_option("--changes", options.changes, "of a block")->capture_default_str();
  app.add_option("--blocks", options.blocks, "of the chain to start")->capture_default_str();
  app.add_option("--extrinsics", options.extrinsics, "to import")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  crypto::initialise();
  crypto::SystemRandom random;
  boost::json::object out;
  out["state"] = bench::measure_roots(options, random);
  out["chain"] = bench::make_long_chain(options, random);
  out["import"] = bench::measure_import(options, random);
  std::cout << boost::json::serialize(out) << std::endl;
  return 0;
} catch (const std::exception& error) {
  std::cerr << "Error: " << error.what() << std::endl;
  return 1;
}
