#pragma once

/// MurmurHash3 x64 of 128 bits with seed 0, its first half: what IPFS calls murmur3-x64-64. Not a cryptographic hash:
/// anybody makes collisions.

#include "core/base/bytes.hpp"

namespace substratee::ipld {

[[nodiscard]] std::uint64_t murmur3_x64_64(ByteView data) noexcept;

}  // namespace substratee::ipld
