#pragma once

/// The runtime's metadata, made from the pallets' declarations: clients decode storage, calls, events, errors and
/// constants with it. The same content in three versions.

#include "core/base/bytes.hpp"

#include <array>
#include <cstdint>

namespace substratee::node::runtime::metadata {

inline constexpr auto kVersions = std::to_array<std::uint32_t>({14, 15, 16});
inline constexpr std::uint32_t kNewestVersion = 16;

/// "meta" ‖ version ‖ content; empty for a version that is not one of kVersions. Made once.
[[nodiscard]] const Bytes& metadata(std::uint32_t version);

}  // namespace substratee::node::runtime::metadata
