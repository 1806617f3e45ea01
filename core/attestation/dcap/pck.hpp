#pragma once

/// The SGX extension of a PCK certificate, 1.2.840.113741.1.13.1 (Intel, "SGX PCK Certificate and CRL Profile
/// Specification"): which platform it is and at which security version.

#include "core/attestation/error.hpp"
#include "core/attestation/x509.hpp"
#include "core/base/bytes.hpp"

namespace substratee::attestation::dcap {

inline constexpr std::array<std::uint8_t, 9> kOidSgxExtension{0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x01, 0x0d, 0x01};

enum class SgxType : std::uint8_t { kStandard = 0, kScalable = 1, kScalableWithIntegrity = 2 };

struct PckExtension {
  FixedBytes<16> ppid;
  std::array<std::uint8_t, 16> tcb_components{};
  std::uint16_t pce_svn{};
  FixedBytes<16> cpu_svn;
  FixedBytes<2> pce_id;
  FixedBytes<6> fmspc;
  SgxType sgx_type{};
  friend bool operator==(const PckExtension&, const PckExtension&) = default;
};

/// kBadPckExtension when it is absent, malformed, lacks one of these members, has one twice, or when CPUSVN and the 16
/// components disagree. Further members are ignored.
[[nodiscard]] Result<PckExtension> pck_extension_of(const x509::Certificate& leaf);

/// The extension's value.
[[nodiscard]] Bytes write_pck_extension(const PckExtension& extension);

}  // namespace substratee::attestation::dcap
