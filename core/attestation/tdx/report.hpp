#pragma once

/// The body of a TD's quote (SGXDataCenterAttestationPrimitives, sgx_quote_4.h and sgx_quote_5.h: sgx_report2_body_t,
/// 584 bytes, and sgx_report2_body_v1_5_t, 648 bytes).

#include "core/attestation/claims.hpp"

#include <optional>

namespace substratee::attestation::tdx {

inline constexpr std::size_t kReportSize = 584;
inline constexpr std::size_t kReport15Size = 648;

/// SHA-384.
using Digest = FixedBytes<48>;
/// Security versions: [0] of the TDX module, [1] its major version, [2] of late microcode, the others reserved.
using TeeTcbSvn = FixedBytes<16>;

/// What TD report 1.5 adds.
struct Report15 {
  TeeTcbSvn tee_tcb_svn;  ///< of now; the other one is of the TD's launch
  Digest mr_service_td;
  friend bool operator==(const Report15&, const Report15&) = default;
};

struct Report {
  TeeTcbSvn tee_tcb_svn;
  Digest mr_seam;
  Digest mr_signer_seam;
  FixedBytes<8> seam_attributes;
  FixedBytes<8> td_attributes;
  FixedBytes<8> xfam;
  Digest mr_td;
  Digest mr_config_id;
  Digest mr_owner;
  Digest mr_owner_config;
  std::array<Digest, 4> rtmr;
  ReportData report_data;
  std::optional<Report15> newer;
  friend bool operator==(const Report&, const Report&) = default;
};

/// `bytes` has kReportSize or kReport15Size bytes, else kTruncatedQuote.
[[nodiscard]] Result<Report> parse_report(ByteView bytes);
[[nodiscard]] Bytes write_report(const Report& report);

/// Any bit of TUD ("TD under debug"), the first byte of its attributes: Intel reserves the others to say the same.
[[nodiscard]] constexpr bool is_debug(const Report& report) noexcept { return report.td_attributes[0] != 0; }

/// Which program the TD runs: SHA-256("substratee/tdx/v1" ‖ MRTD ‖ RTMR0–3 ‖ MRCONFIGID ‖ MROWNER ‖ MROWNERCONFIG ‖
/// TDATTRIBUTES).
[[nodiscard]] Measurement measurement_of(const Report& report) noexcept;

}  // namespace substratee::attestation::tdx
