// What commits of a state cost as it grows, and opening it again; one core, no disk. Prints one JSON object.
#include "bench/state.hpp"

#include "bench/bound.hpp"
#include "core/crypto/aead.hpp"
#include "core/crypto/hash.hpp"
#include "core/crypto/system_random.hpp"
#include "enclave/state/loader.hpp"
#include "enclave/state/seal.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <time.h>

#include <algorithm>
#include <iostream>
#include <random>
#include <stdexcept>

namespace substratee::bench {
namespace {

namespace state = enclave::state;

constexpr std::size_t kKeySize = 33;
constexpr std::size_t kValueSize = 107;
constexpr std::size_t kMostChanges = 1'000;

struct Subject {
  crypto::SystemRandom random;
  std::mt19937_64 numbers{7};
  registry::ShardId shard = registry::shard_id("counter", "bench");
  crypto::Secret<32> cut_key = crypto::Secret<32>::draw(random);
  state::KeyRing keys;
  state::State state = state::State::empty(shard, cut_key.clone());
  BlockMemory blocks;
  std::vector<Bytes> record_keys;
  registry::BlockNumber height = 0;

  explicit Subject(std::size_t records) {
    keys.add(1, crypto::Secret<32>::draw(random));
    for (std::size_t i = 0; i < records; ++i) insert();
  }

  void put(const Bytes& key) {
    Bytes value(kValueSize);
    for (std::size_t i = 0; i < 8; ++i) value[i] = static_cast<std::uint8_t>(numbers() >> 8);
    state.put(key, value);
  }

  void insert() {
    Bytes key(kKeySize, 16);
    for (std::size_t i = 0; i + 1 < kKeySize; ++i) key[i] = static_cast<std::uint8_t>(numbers() >> 16);
    put(key);
    record_keys.push_back(std::move(key));
  }

  struct Cost {
    double seconds = 0;
    std::size_t bytes = 0;
    std::size_t blocks = 0;
  };
  Cost commit() {
    registry::BlockHash hash;
    hash.bytes[0] = static_cast<std::uint8_t>(++height);
    const auto start = processor_seconds();
    auto made = state.commit({.epoch = 1, .height = height, .block_hash = hash}, keys);
    Cost out{.seconds = (processor_seconds() - start), .bytes = 0, .blocks = made->new_blocks.size()};
    out.bytes = blocks.add(std::move(made->new_blocks));
    return out;
  }
};

template <class T>
T median(std::vector<T> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

template <class Change>
boost::json::object measure_commits(Subject& subject, std::size_t count, Change change) {
  std::vector<double> seconds;
  std::vector<std::size_t> bytes;
  std::size_t blocks = 0;
  for (std::size_t i = 0; i < count; ++i) {
    change();
    const auto cost = subject.commit();
    seconds.push_back(cost.seconds);
    bytes.push_back(cost.bytes);
    blocks += cost.blocks;
  }
  return {{"commits", count},
          {"seconds", median(seconds)},
          {"bytes", median(bytes)},
          {"bytes_most", *std::ranges::max_element(bytes)},
          {"blocks", static_cast<double>(blocks) / static_cast<double>(count)}};
}

/// Decrypts and hashes as many blocks as the state has, one after another.
double bound_seconds(std::size_t blocks) {
  crypto::SystemRandom random;
  const auto key = crypto::Secret<64>::draw(random);
  const auto sealed = crypto::aes_siv_seal(key.view(), std::nullopt, Bytes(16'368));
  const auto tries = std::clamp<std::size_t>(blocks, 2'000, 20'000);
  bool is_good = true;
  const auto start = processor_seconds();
  for (std::size_t i = 0; i < tries; ++i) {
    is_good = is_good && crypto::sha256(sealed) != Hash256{} &&
              crypto::aes_siv_open(key.view(), std::nullopt, sealed).has_value();
  }
  if (!is_good) throw std::runtime_error("a block of its own making does not open");
  return (processor_seconds() - start) * static_cast<double>(blocks) / static_cast<double>(tries);
}

boost::json::object measure_opening(const Subject& subject) {
  std::size_t blocks = 0;
  const auto start = processor_seconds();
  auto loader =
      state::Loader::start(subject.state.root(), subject.shard, subject.height, subject.keys, subject.cut_key.clone());
  while (loader && !loader->is_complete()) {
    for (const auto& cid : loader->wanted(256)) {
      if (!loader->provide(cid, subject.blocks.at(cid))) throw std::runtime_error("a block is refused");
      ++blocks;
    }
  }
  const auto opened = std::move(*loader).finish();
  const auto seconds = (processor_seconds() - start);
  if (!opened || opened->record_count() != subject.record_keys.size()) throw std::runtime_error("it does not open");
  const auto bound = bound_seconds(blocks);
  return {{"blocks", blocks},
          {"seconds", seconds},
          {"bytes_per_second", static_cast<double>(blocks * state::kBlockSize) / seconds},
          {"bound_seconds", bound},
          {"share_of_bound", bound / seconds}};
}

/// What sealing every leaf again would cost at each commit.
boost::json::object whole_state(const Subject& subject) {
  crypto::SystemRandom random;
  const auto key = crypto::Secret<64>::draw(random);
  constexpr std::size_t kTries = 2'000;
  bool is_good = true;
  const auto start = processor_seconds();
  for (std::size_t i = 0; i < kTries; ++i) {
    is_good = is_good && crypto::sha256(crypto::aes_siv_seal(key.view(), std::nullopt, Bytes(16'368))) != Hash256{};
  }
  if (!is_good) throw std::runtime_error("a block without a hash");
  const auto seconds_of_a_block = (processor_seconds() - start) / kTries;
  const auto blocks = subject.state.leaf_count();
  return {{"bytes", blocks * state::kBlockSize}, {"seconds", static_cast<double>(blocks) * seconds_of_a_block}};
}

}  // namespace

double processor_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

std::size_t BlockMemory::add(std::vector<ipld::Block> blocks) {
  std::size_t out = 0;
  for (auto& block : blocks) {
    out += block.bytes.size();
    digests_.push_back(std::move(block.cid.digest));
    blocks_.insert_or_assign(as_text(digests_.back()), std::move(block.bytes));
  }
  return out;
}

boost::json::object measure_state(std::size_t records, std::size_t commits) {
  Subject subject(records);
  const auto first = subject.commit();
  boost::json::object changes;
  for (std::size_t count = 1; count <= std::min(kMostChanges, records); count *= 10) {
    std::uniform_int_distribution<std::size_t> any(0, records - 1);
    changes[std::to_string(count)] = measure_commits(subject, count == kMostChanges ? (commits + 4) / 5 : commits, [&] {
      for (std::size_t i = 0; i < count; ++i) subject.put(subject.record_keys[any(subject.numbers)]);
    });
  }
  auto opening = measure_opening(subject);
  auto insert = measure_commits(subject, commits, [&] { subject.insert(); });
  return {{"records", records},
          {"leaves", subject.state.leaf_count()},
          {"first_commit_seconds", first.seconds},
          {"changes", std::move(changes)},
          {"insert", std::move(insert)},
          {"opening", std::move(opening)},
          {"whole", whole_state(subject)}};
}

}  // namespace substratee::bench

int main(int argc, char** argv) {
  using namespace substratee;
  std::size_t records = 1'000'000;
  std::size_t smallest = 1'000;
  std::size_t commits = 101;
  std::size_t calls = 20'000;
  CLI::App app("Measures commits, opening and sealed calls of states of several sizes, on one core.",
               "substratee-bench-state");
  app.add_option("--records", records, "Of the largest state")
      ->check(CLI::Range(std::size_t{1'000}, std::size_t{10'000'000}))
      ->capture_default_str();
  app.add_option("--smallest", smallest, "Records of the smallest state; each next one has ten times as many")
      ->check(CLI::Range(std::size_t{1'000}, std::size_t{10'000'000}))
      ->capture_default_str();
  app.add_option("--commits", commits, "Of which the median is taken")
      ->check(CLI::Range(std::size_t{5}, std::size_t{100'000}))
      ->capture_default_str();
  app.add_option("--calls", calls, "Sealed calls to each state; 0: none")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  crypto::initialise();
  try {
    boost::json::array states;
    boost::json::array with_calls;
    for (std::size_t count = smallest; count <= records; count *= 10) {
      states.push_back(bench::measure_state(count, commits));
      if (calls > 0) with_calls.push_back(bench::measure_calls(count, calls, 4'000));
    }
    std::cout << boost::json::serialize(boost::json::object{{"states", states},
                                                            {"calls", with_calls},
                                                            {"verify_seconds", bench::measure_bound().verify_seconds}})
              << "\n";
  } catch (const std::exception& failure) {
    fmt::print(stderr, "substratee-bench-state: {}\n", failure.what());
    return 1;
  }
  return 0;
}
