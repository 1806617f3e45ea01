#pragma once

/// What a simulated enclave sees of the machine before lock-in: its own program, and whether it should simulate at all.

#include "core/attestation/claims.hpp"

#include <optional>
#include <string>

namespace substratee::enclave::platform::simulation {

/// The measurement of the program that runs (/proc/self/exe); nothing when it cannot be read.
[[nodiscard]] std::optional<attestation::Measurement> measure_own_executable();

/// The first sign of a real TEE below `root` ("" = this machine), as the path without `root`; nothing when there is
/// none. Where one is, simulating would throw its protection away.
[[nodiscard]] std::optional<std::string_view> find_real_tee(const std::string& root = {});

}  // namespace substratee::enclave::platform::simulation
