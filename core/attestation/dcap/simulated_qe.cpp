#include "core/attestation/dcap/simulated_qe.hpp"

#include "core/crypto/hash.hpp"

namespace substratee::attestation::dcap {

Measurement simulated_qe_measurement() noexcept { return crypto::sha256(as_bytes("substratee/simulated/qe/v1")); }

Hash256 simulated_qe_signer() noexcept { return crypto::sha256(as_bytes("substratee/simulated/qe-signer/v1")); }

Result<void> check_simulated_qe(const Report& qe_report) noexcept {
  if (qe_report.mr_enclave != simulated_qe_measurement() || qe_report.mr_signer != simulated_qe_signer() ||
      qe_report.isv_prod_id != kSimulatedQeProductId) {
    return std::unexpected(Error::kQeIdentity);
  }
  return {};
}

}  // namespace substratee::attestation::dcap
