#pragma once

/// The runtime's version, as state_getRuntimeVersion tells it and as signatures cover it.

#include <cstdint>
#include <string_view>

namespace substratee::node::runtime {

struct RuntimeVersion {
  std::string_view spec_name;
  std::string_view impl_name;
  std::uint32_t authoring_version;
  std::uint32_t spec_version;  ///< covered by signatures
  std::uint32_t impl_version;
  std::uint32_t transaction_version;  ///< covered by signatures
  std::uint8_t state_version;         ///< 1: trie layout V1
};

[[nodiscard]] const RuntimeVersion& runtime_version() noexcept;

}  // namespace substratee::node::runtime
