// How long it takes to verify a genuine report of SEV-SNP on one core; everything anew each time (cold).
#include "core/attestation/pem.hpp"
#include "core/attestation/snp/certificate_table.hpp"
#include "core/attestation/snp/product.hpp"
#include "core/attestation/verify.hpp"

#include <benchmark/benchmark.h>

#include <fstream>
#include <iterator>
#include <string>

namespace substratee::bench {
namespace {

using namespace attestation;

struct Genuine {
  const char* name = nullptr;
  UnixSeconds now{};
};
constexpr std::array kGenuine{Genuine{"virtee-milan-v2", 1'683'141'823}, Genuine{"azure-genoa-v3", 1'740'277'308},
                              Genuine{"microsoft-turin", 1'772'845'473}};

Bytes load(const std::string& path) {
  std::ifstream file(std::string(SUBSTRATEE_VECTORS) + "/attestation/sev-snp/" + path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void snp_cold(benchmark::State& state) {
  const auto& genuine = kGenuine[static_cast<std::size_t>(state.range(0))];
  const std::string name(genuine.name);
  const auto chain = pem::read_certificates(load(name + "/chain.pem")).value();
  const auto body =
      snp::make_body(load(name + "/report.bin"), {load(name + "/vcek.der"), {}, chain.at(0), chain.at(1)});
  TrustAnchors anchors;
  anchors.amd_roots = {snp::kMilanRoot, snp::kGenoaRoot, snp::kTurinRoot};
  for (auto _ : state) {
    const auto verdict = authenticate(Kind::kSevSnp, body, {}, anchors, genuine.now);
    if (!verdict) state.SkipWithError(std::string(to_string(verdict.error())).c_str());
  }
  state.SetLabel(genuine.name);
}

BENCHMARK(snp_cold)->DenseRange(0, static_cast<int>(kGenuine.size()) - 1)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace substratee::bench
