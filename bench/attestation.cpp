// How long it takes to verify genuine evidence on one core: with everything verified anew (cold), and with collateral
// that was opened before (warm).   ./build/release/bin/substratee-bench-attestation
#include "core/attestation/collateral_file.hpp"
#include "core/attestation/collateral_store.hpp"
#include "core/attestation/dcap/authenticate.hpp"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

namespace substratee::bench {
namespace {

using namespace attestation;

struct Genuine {
  Kind kind{};
  const char* name = nullptr;
  UnixSeconds now{};
};
constexpr std::array kGenuine{Genuine{Kind::kSgxDcap, "sgx-dcap/automata-00606A000000", 1'756'530'546},
                              Genuine{Kind::kTdx, "tdx/phala-v4-20A06F000000", 1'758'093'775},
                              Genuine{Kind::kTdx, "tdx/alibaba-v5-90C06F000000", 1'750'768'918}};

Bytes load(const std::string& path) {
  std::ifstream file(std::string(SUBSTRATEE_VECTORS) + "/attestation/" + path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TrustAnchors anchors() { return {.intel_roots = {dcap::kIntelRoot}, .simulation_roots = {}}; }

struct Input {
  explicit Input(const Genuine& of)
      : genuine(of),
        quote(load(of.name + std::string("/quote.bin"))),
        collateral(parse_collateral_file(load(of.name + std::string("/collateral.json"))).value()) {}
  Genuine genuine;
  Bytes quote;
  CollateralSet collateral;
};

void must(benchmark::State& state, const Result<AuthenticEvidence>& verdict) {
  if (!verdict) state.SkipWithError(std::string(to_string(verdict.error())).c_str());
}

void cold(benchmark::State& state) {
  const Input input(kGenuine[static_cast<std::size_t>(state.range(0))]);
  const auto roots = anchors();
  for (auto _ : state) {
    must(state, authenticate(input.genuine.kind, input.quote, input.collateral, roots, input.genuine.now));
  }
  state.SetLabel(input.genuine.name);
}

void warm(benchmark::State& state) {
  const Input input(kGenuine[static_cast<std::size_t>(state.range(0))]);
  CollateralStore store(anchors());
  for (const auto& [id, item] : input.collateral) {
    if (!store.add(item)) return state.SkipWithError("collateral");
  }
  for (auto _ : state) must(state, authenticate(input.genuine.kind, input.quote, store, input.genuine.now));
  state.SetItemsProcessed(state.iterations());
  state.SetLabel(input.genuine.name);
}

BENCHMARK(cold)->DenseRange(0, kGenuine.size() - 1)->Unit(benchmark::kMicrosecond);
BENCHMARK(warm)->DenseRange(0, kGenuine.size() - 1)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace substratee::bench

BENCHMARK_MAIN();
