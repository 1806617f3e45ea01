#pragma once

/// What the hardware (or its simulation) gives an enclave: evidence, a sealing key, entropy, its own measurement.
/// The Enclave object sees nothing else of the world.

#include "core/attestation/verify.hpp"
#include "core/crypto/secret.hpp"

namespace substratee::enclave::platform {

class Platform {
 public:
  virtual ~Platform() = default;

  [[nodiscard]] virtual attestation::Kind kind() const noexcept = 0;
  /// False: nothing is protected, and everything that shows this enclave says so.
  [[nodiscard]] virtual bool hardware() const noexcept = 0;
  [[nodiscard]] virtual attestation::Measurement measurement() const noexcept = 0;
  [[nodiscard]] virtual attestation::PlatformId platform_id() const noexcept = 0;
  /// SHA-256 of the SPKI of the root under which this platform's evidence stands.
  [[nodiscard]] virtual Hash256 root() const noexcept = 0;
  /// Evidence with these claims, of this very enclave; nothing when the platform fails.
  [[nodiscard]] virtual std::optional<attestation::Evidence> attest(const attestation::Claims& claims) = 0;
  /// Bound to platform, measurement (never the signer) and chain. Secret.
  [[nodiscard]] virtual crypto::Secret<32> sealing_key(const Hash256& genesis_hash) const = 0;
  [[nodiscard]] virtual Random& random() noexcept = 0;
};

}  // namespace substratee::enclave::platform
