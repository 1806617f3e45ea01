#pragma once

/// A simulated SGX platform: byte-exact DCAP quotes (version 3) and sealing keys, all derived from one 32-byte platform
/// secret. Nothing is protected: whoever reads the secret is the platform. Verified by the same code as hardware, under
/// a vendor id and a root of its own.

#include "core/attestation/dcap/quote.hpp"
#include "core/attestation/evidence.hpp"
#include "core/attestation/name.hpp"
#include "core/attestation/simulation/root.hpp"
#include "core/attestation/verify.hpp"
#include "core/crypto/secret.hpp"

#include <string>

namespace substratee::attestation::simulation {

/// The FMSPC of every simulated platform: "sim".
inline constexpr FixedBytes<6> kSimulatedFmspc{{'s', 'i', 'm', 0, 0, 0}};

/// SHA-256("substratee/simulated/v1" ‖ bytes of the executable): never equal to a real MRENCLAVE by copy.
[[nodiscard]] Measurement measure(ByteView executable);
/// The signer of every simulated enclave: SHA-256("substratee/simulated/signer/v1").
[[nodiscard]] Hash256 simulated_signer() noexcept;

/// What the simulated CPU would report about the enclave that asks.
struct QuoteRequest {
  Measurement measurement;
  Hash256 signer = simulated_signer();
  ReportData report_data;
  std::uint64_t attributes = dcap::kInit | dcap::kMode64;
};

class SimulatedPlatform {
 public:
  /// Keys and PPID depend on the secret only, the chain on the root too.
  [[nodiscard]] static SimulatedPlatform make(crypto::Secret<32> platform_secret, const SimulationRoot& root);

  [[nodiscard]] const PlatformId& platform_id() const noexcept { return platform_id_; }
  /// Of its certificate: what revokes it.
  [[nodiscard]] const x509::Serial& pck_serial() const noexcept { return pck_serial_; }
  /// PEM: leaf, CA, root.
  [[nodiscard]] const std::string& pck_chain() const noexcept { return pck_chain_; }

  [[nodiscard]] Bytes quote(const QuoteRequest& request) const;
  /// Evidence for these claims, not debug.
  [[nodiscard]] Evidence evidence(const Measurement& measurement, const Claims& claims) const;

  /// Bound to platform, program (never its signer) and chain.
  [[nodiscard]] crypto::Secret<32> sealing_key(const Measurement& measurement, const Hash256& genesis_hash) const;

 private:
  SimulatedPlatform(crypto::Secret<32> secret, crypto::p256::KeyPair pck_key,
                    crypto::p256::KeyPair attestation_key) noexcept
      : secret_(std::move(secret)), pck_key_(std::move(pck_key)), attestation_key_(std::move(attestation_key)) {}

  crypto::Secret<32> secret_;
  crypto::p256::KeyPair pck_key_;
  crypto::p256::KeyPair attestation_key_;
  PlatformId platform_id_;
  x509::Serial pck_serial_;
  std::string pck_chain_;
};

}  // namespace substratee::attestation::simulation
