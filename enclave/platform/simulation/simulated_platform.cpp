#include "enclave/platform/simulation/simulated_platform.hpp"

namespace substratee::enclave::platform::simulation {

SimulatedPlatform::SimulatedPlatform(crypto::Secret<32> platform_secret,
                                     const attestation::simulation::SimulationRoot& root,
                                     const attestation::Measurement& measurement, Random& random)
    : cpu_(attestation::simulation::SimulatedPlatform::make(std::move(platform_secret), root)),
      root_(root.hash()),
      measurement_(measurement),
      random_(&random) {}

std::expected<attestation::Evidence, NoEvidence> SimulatedPlatform::attest(const attestation::Claims& claims) {
  auto evidence = cpu_.evidence(measurement_, claims);
  if (evidence.body.value.size() > attestation::kMaxEvidenceBodySize) {
    return std::unexpected(NoEvidence{"the simulated evidence is over the size limit"});
  }
  return evidence;
}

std::optional<crypto::Secret<32>> SimulatedPlatform::sealing_key(const Hash256& genesis_hash) const {
  return cpu_.sealing_key(measurement_, genesis_hash);
}

}  // namespace substratee::enclave::platform::simulation
