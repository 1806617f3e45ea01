#pragma once

/// What the hardware (or its simulation) gives an enclave: evidence, a sealing key, entropy, its own measurement.
/// The Enclave object sees nothing else of the world.

#include "core/attestation/verify.hpp"
#include "core/crypto/secret.hpp"

#include <expected>
#include <optional>
#include <string>

namespace substratee::enclave::platform {

/// Why a platform gave no evidence, for the host's log; nothing secret. "configfs-tsm: outblob: timed out (errno 110)".
struct NoEvidence {
  std::string why;
};

class Platform {
 public:
  virtual ~Platform() = default;

  [[nodiscard]] virtual attestation::Kind kind() const noexcept = 0;
  /// False: nothing is protected, and everything that shows this enclave says so.
  [[nodiscard]] virtual bool hardware() const noexcept = 0;
  [[nodiscard]] virtual attestation::Measurement measurement() const noexcept = 0;
  /// SHA-256 of the SPKI of the root under which this platform's evidence stands.
  [[nodiscard]] virtual Hash256 root() const noexcept = 0;
  /// Evidence with these claims, of this very enclave.
  [[nodiscard]] virtual std::expected<attestation::Evidence, NoEvidence> attest(const attestation::Claims& claims) = 0;
  /// Bound to platform, measurement (never the signer) and chain. Secret. Nothing where the platform has no such key:
  /// then nothing is persisted, and a restarted enclave is a new one.
  [[nodiscard]] virtual std::optional<crypto::Secret<32>> sealing_key(const Hash256& genesis_hash) const = 0;
  [[nodiscard]] virtual Random& random() noexcept = 0;
};

}  // namespace substratee::enclave::platform
