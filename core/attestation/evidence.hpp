#pragma once

/// Evidence as it crosses wires and stands in extrinsics: which kind it is says its first byte, never its content.

#include "core/attestation/claims.hpp"
#include "core/scale/codec.hpp"

namespace substratee::attestation {

enum class EvidenceKind : std::uint8_t {
  kSimulated,  ///< body = quote version 3 of a simulated platform
  kSgxDcap,    ///< body = quote of Intel SGX
  kTdx,        ///< body = quote of Intel TDX
  kSevSnp,     ///< body = report of AMD SEV-SNP with its certificates
  kIas,        ///< body = report of Intel's former attestation service
};
constexpr EvidenceKind scale_last(EvidenceKind) { return EvidenceKind::kIas; }
[[nodiscard]] std::string_view to_string(EvidenceKind kind) noexcept;

inline constexpr std::size_t kMaxEvidenceSize = 16 * 1024;
inline constexpr std::size_t kMaxEvidenceBodySize = kMaxEvidenceSize - kMaxClaimsSize - 16;

/// On the wire: kind u8 ‖ body ‖ claims, at most kMaxEvidenceSize bytes.
struct Evidence {
  EvidenceKind kind{};
  scale::BoundedBytes<kMaxEvidenceBodySize> body;
  scale::BoundedBytes<kMaxClaimsSize> claims;

  SUBSTRATEE_FIELDS(Evidence, kind, body, claims)
  friend bool operator==(const Evidence&, const Evidence&) = default;
};

}  // namespace substratee::attestation
