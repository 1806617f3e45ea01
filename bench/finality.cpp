// Headers of the development engine, verified one after another on one core. Prints one JSON object.
#include "core/crypto/ed25519.hpp"
#include "core/crypto/hash.hpp"
#include "core/crypto/system_random.hpp"
#include "core/finality/dev_seal.hpp"
#include "core/finality/verified_chain.hpp"
#include "core/registry/storage.hpp"
#include "core/trie/trie.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <sys/resource.h>

#include <chrono>
#include <iostream>

namespace substratee::bench {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// A chain whose every tenth block has a journal of four calls of 500 bytes.
struct Chain {
  crypto::SystemRandom random;
  crypto::ed25519::KeyPair authority = crypto::ed25519::KeyPair::from_seed(random.draw<32>().bytes);
  registry::Journal journal;
  Bytes some_journal;
  Bytes no_journal = scale::encode(registry::Journal{});
  trie::Content content;
  primitives::Header genesis;
  std::vector<Bytes> headers;

  explicit Chain(std::size_t count) {
    for (int i = 0; i < 4; ++i) journal.push_back(registry::CallForwarded{{}, {}, {1, 1, {}, {Bytes(500, 7)}}});
    some_journal = scale::encode(journal);
    content[registry::key::engine()] =
        scale::encode(registry::Engine{registry::DevEngine{{authority.public_key().bytes}, {}}});
    genesis.state_root = trie::root(content, trie::Layout::kV1);
    auto parent = genesis.hash();
    for (std::size_t i = 1; i <= count; ++i) {
      primitives::Header header{parent, {static_cast<primitives::BlockNumber>(i)}, genesis.state_root, {}, {}};
      if (has_journal(i)) header.digest.push_back(registry::journal_digest(journal));
      header = finality::with_seal(header, authority.sign(finality::seal_message(header)));
      parent = header.hash();
      headers.push_back(scale::encode(header));
    }
  }
  static bool has_journal(std::size_t number) { return number % 10 == 0; }
  [[nodiscard]] const Bytes& journal_of(std::size_t number) const {
    return has_journal(number) ? some_journal : no_journal;
  }
};

/// Seal verifications a second, if nothing else cost time.
double measure_bound(const Chain& chain) {
  const auto message = finality::seal_message(chain.genesis);
  const auto signature = chain.authority.sign(message);
  constexpr int kCount = 5'000;
  const auto start = Clock::now();
  int good = 0;
  for (int i = 0; i < kCount; ++i) {
    good += crypto::ed25519::verify(chain.authority.public_key(), message, signature) ? 1 : 0;
  }
  return good == kCount ? kCount / seconds_since(start) : 0;
}

long peak_kib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

boost::json::object run(std::size_t count) {
  const Chain made(count);
  const auto bound = measure_bound(made);
  auto chain = *finality::VerifiedChain::start(scale::encode(made.genesis));
  const std::vector<Bytes> keys{registry::key::engine()};
  const auto proof = chain.open(chain.genesis_hash(), trie::prove(made.content, keys));
  if (!proof || !chain.set_engine(*proof)) return {};
  const auto memory_before = peak_kib();
  std::size_t snapshot_early = 0;
  const auto start = Clock::now();
  for (std::size_t i = 1; i <= count; ++i) {
    if (!chain.append(made.headers[i - 1], made.journal_of(i), {})) return {};
    if (i == 1'000) snapshot_early = chain.snapshot()->size();
  }
  const auto seconds = seconds_since(start);
  const auto rate = static_cast<double>(count) / seconds;
  return {{"headers", count},
          {"seconds", seconds},
          {"headers_per_second", rate},
          {"bound_headers_per_second", bound},
          {"share_of_bound", rate / bound},
          {"snapshot_bytes_at_1000", snapshot_early},
          {"snapshot_bytes_at_end", chain.snapshot()->size()},
          {"memory_growth_kib", peak_kib() - memory_before}};
}

}  // namespace
}  // namespace substratee::bench

int main(int argc, char** argv) {
  using namespace substratee;
  std::size_t count = 50'000;
  CLI::App app("Verifies sealed headers on one core and compares with the seals' verification alone.",
               "substratee-bench-finality");
  app.add_option("--headers", count, "How many")
      ->check(CLI::Range(std::size_t{1'000}, std::size_t{10'000'000}))
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  crypto::initialise();
  const auto result = bench::run(count);
  if (result.empty()) {
    fmt::print(stderr, "substratee-bench-finality: a header of its own making was refused\n");
    return 1;
  }
  std::cout << boost::json::serialize(result) << "\n";
  return 0;
}
