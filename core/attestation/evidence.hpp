#pragma once

/// Evidence as it travels: its kind is chosen by one byte, never by sniffing the body.

#include "core/attestation/claims.hpp"
#include "core/scale/codec.hpp"

#include <string_view>

namespace substratee::attestation {

enum class Kind : std::uint8_t {
  kSimulated,  ///< body = quote version 3 of a simulated platform
  kSgxDcap,    ///< body = quote of Intel SGX
  kTdx,        ///< body = quote of Intel TDX
  kSevSnp,     ///< body = report of AMD SEV-SNP with its certificates
  kIas,        ///< body = report of Intel's former attestation service
};
constexpr Kind scale_last(Kind) { return Kind::kIas; }
[[nodiscard]] std::string_view to_string(Kind kind) noexcept;
/// For programs: "simulated", "sgx", "tdx", "snp", "ias".
[[nodiscard]] std::string_view to_code(Kind kind) noexcept;

/// Intel's converged TCB status, and ours for what is not hardware.
enum class TcbStatus : std::uint8_t {
  kUpToDate,
  kSwHardeningNeeded,
  kConfigurationNeeded,
  kConfigurationAndSwHardeningNeeded,
  kOutOfDate,
  kOutOfDateConfigurationNeeded,
  kRevoked,
  kSimulated,  ///< no hardware: nothing is protected
  kTdRelaunchAdvised,
  kTdRelaunchAdvisedConfigurationNeeded,
};
constexpr TcbStatus scale_last(TcbStatus) { return TcbStatus::kTdRelaunchAdvisedConfigurationNeeded; }
[[nodiscard]] std::string_view to_string(TcbStatus status) noexcept;

inline constexpr std::size_t kMaxEvidenceSize = 16 * 1024;
inline constexpr std::size_t kMaxEvidenceBodySize = kMaxEvidenceSize - kMaxClaimsSize - 16;

/// `body` is the quote; `claims` is the CBOR claims-buffer whose SHA-256 is the first half of report_data.
/// On the wire at most kMaxEvidenceSize bytes in all.
struct Evidence {
  Kind kind{};
  scale::BoundedBytes<kMaxEvidenceBodySize> body;
  scale::BoundedBytes<kMaxClaimsSize> claims;
  SUBSTRATEE_FIELDS(Evidence, kind, body, claims)
  friend bool operator==(const Evidence&, const Evidence&) = default;
};

}  // namespace substratee::attestation
