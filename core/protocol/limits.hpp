#pragma once

/// The product's limits, each in one place (docs/protocol.md, "Limits").

#include "core/registry/types.hpp"

#include <cstddef>
#include <cstdint>

namespace substratee::protocol {

inline constexpr std::size_t kMaxFrameSize = 8 * 1024 * 1024;
inline constexpr std::size_t kPaddingMultiple = 256;
/// An enclave has no clock: its sessions end by blocks, the host's by 30 s. 30 blocks are 30 s at the default block
/// time.
inline constexpr std::uint32_t kProvisioningSessionBlocks = 30;
inline constexpr std::size_t kMaxProvisioningSessions = 8;
inline constexpr std::uint32_t kFrameCredit = 32;
inline constexpr std::size_t kMaxTlsBytes = 64 * 1024;
/// Sealed receipts of one block: those of a journal full of the smallest calls there are.
inline constexpr std::size_t kMaxSealedReceiptsSize = 7 * 1024 * 1024;
inline constexpr std::size_t kMaxQueryValueSize = 8 * 1024;
inline constexpr std::size_t kMaxPlaintextSize = registry::kMaxSealedCallSize - 256;

}  // namespace substratee::protocol
