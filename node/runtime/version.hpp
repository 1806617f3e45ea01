#pragma once

/// The runtime's version, as Core_version, System.Version and state_getRuntimeVersion tell it and as signatures cover
/// it. `spec_version` grows whenever calls, types or metadata change: clients read the metadata anew.

#include "core/scale/codec.hpp"

#include <string>

namespace substratee::node::runtime {

/// A runtime API: blake2_64(name) and version.
struct ApiVersion {
  FixedBytes<8> id;
  std::uint32_t version = 0;
  SUBSTRATEE_FIELDS(ApiVersion, id, version)
  friend bool operator==(const ApiVersion&, const ApiVersion&) = default;
};

/// sp_version::RuntimeVersion.
struct RuntimeVersion {
  static constexpr std::string_view kTypePath = "sp_version::RuntimeVersion";
  std::string spec_name;
  std::string impl_name;
  std::uint32_t authoring_version = 0;
  std::uint32_t spec_version = 0;  ///< covered by signatures
  std::uint32_t impl_version = 0;
  std::vector<ApiVersion> apis;
  std::uint32_t transaction_version = 0;  ///< covered by signatures
  std::uint8_t state_version = 0;         ///< 1: trie layout V1
  SUBSTRATEE_FIELDS(RuntimeVersion, spec_name, impl_name, authoring_version, spec_version, impl_version, apis,
                    transaction_version, state_version)
};

[[nodiscard]] const RuntimeVersion& runtime_version();

/// Of addresses as text (SS58): "any Substrate chain".
inline constexpr std::uint16_t kSs58Prefix = 42;

}  // namespace substratee::node::runtime
