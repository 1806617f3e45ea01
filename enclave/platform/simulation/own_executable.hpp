#pragma once

/// The measurement of a simulated enclave: that of its own program's file. Read before lock-in.

#include "core/attestation/claims.hpp"

#include <optional>

namespace substratee::enclave::platform::simulation {

/// Of the program that runs (/proc/self/exe); nothing when it cannot be read.
[[nodiscard]] std::optional<attestation::Measurement> measure_own_executable();

}  // namespace substratee::enclave::platform::simulation
