#pragma once

/// The permutation Keccak-f[1600] (FIPS 202, 3.3), which STROBE stands on. Private to core/crypto.
/// Same time whatever the state.

#include <array>
#include <cstdint>

namespace substratee::crypto::detail {

/// Lane (x, y) is lanes[x + 5y]; byte i of the state is byte i % 8 of lane i / 8, little-endian.
using KeccakState = std::array<std::uint64_t, 25>;

void keccak_f1600(KeccakState& lanes) noexcept;

}  // namespace substratee::crypto::detail
