#include "enclave/platform/simulation/simulated_platform.hpp"

namespace substratee::enclave::platform::simulation {

SimulatedPlatform::SimulatedPlatform(crypto::Secret<32> platform_secret,
                                     const attestation::simulation::SimulationRoot& root,
                                     const attestation::Measurement& measurement, Random& random)
    : cpu_(attestation::simulation::SimulatedPlatform::make(std::move(platform_secret), root)),
      root_(root.hash()),
      measurement_(measurement),
      random_(&random) {}

std::optional<attestation::Evidence> SimulatedPlatform::attest(const attestation::Claims& claims) {
  auto evidence = cpu_.evidence(measurement_, claims);
  if (evidence.body.value.size() > attestation::kMaxEvidenceBodySize) return std::nullopt;
  return evidence;
}

crypto::Secret<32> SimulatedPlatform::sealing_key(const Hash256& genesis_hash) const {
  return cpu_.sealing_key(measurement_, genesis_hash);
}

}  // namespace substratee::enclave::platform::simulation
