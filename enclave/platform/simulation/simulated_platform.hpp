#pragma once

/// A platform without hardware: byte-exact evidence under a simulation root, keys from a secret that the host can read.
/// Nothing is protected, and hardware() says so.

#include "core/attestation/simulation/platform.hpp"
#include "core/attestation/simulation/root.hpp"
#include "enclave/platform/platform.hpp"

namespace substratee::enclave::platform::simulation {

class SimulatedPlatform final : public Platform {
 public:
  /// `random` outlives this object.
  SimulatedPlatform(crypto::Secret<32> platform_secret, const attestation::simulation::SimulationRoot& root,
                    const attestation::Measurement& measurement, Random& random);

  [[nodiscard]] attestation::Kind kind() const noexcept override { return attestation::Kind::kSimulated; }
  [[nodiscard]] bool hardware() const noexcept override { return false; }
  [[nodiscard]] attestation::Measurement measurement() const noexcept override { return measurement_; }
  [[nodiscard]] attestation::PlatformId platform_id() const noexcept { return cpu_.platform_id(); }
  [[nodiscard]] Hash256 root() const noexcept override { return root_; }
  [[nodiscard]] std::expected<attestation::Evidence, NoEvidence> attest(const attestation::Claims& claims) override;
  [[nodiscard]] std::optional<crypto::Secret<32>> sealing_key(const Hash256& genesis_hash) const override;
  [[nodiscard]] Random& random() noexcept override { return *random_; }

 private:
  attestation::simulation::SimulatedPlatform cpu_;
  Hash256 root_;
  attestation::Measurement measurement_;
  Random* random_;
};

}  // namespace substratee::enclave::platform::simulation
