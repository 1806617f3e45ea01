#pragma once

/// The development simulation root: well known, trusted by `--dev` only. Only the certificate stands here; its private
/// key, just as well known, is in core/attestation/simulation, which no verifier links.

#include "core/base/bytes.hpp"

#include <string_view>

namespace substratee::attestation {

inline constexpr std::string_view kDevelopmentRootName = "substraTEE SIMULATED ROOT - NOT SECURE (development)";

/// The self-signed certificate in DER.
[[nodiscard]] ByteView development_root_certificate() noexcept;

/// SHA-256 of its SPKI.
[[nodiscard]] Hash256 development_root() noexcept;

}  // namespace substratee::attestation
