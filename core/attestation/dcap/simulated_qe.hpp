#pragma once

/// The identity of the simulated quoting enclave: what Intel publishes as "QE identity", here fixed by name.

#include "core/attestation/dcap/quote.hpp"

namespace substratee::attestation::dcap {

inline constexpr std::uint16_t kSimulatedQeProductId = 1;

/// SHA-256("substratee/simulated/qe/v1") and SHA-256("substratee/simulated/qe-signer/v1").
[[nodiscard]] Measurement simulated_qe_measurement() noexcept;
[[nodiscard]] Hash256 simulated_qe_signer() noexcept;

/// kQeIdentity unless measurement, signer and product are those of the simulated quoting enclave.
[[nodiscard]] Result<void> check_simulated_qe(const Report& qe_report) noexcept;

}  // namespace substratee::attestation::dcap
