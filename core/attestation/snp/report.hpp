#pragma once

/// The attestation report of AMD SEV-SNP (SEV Secure Nested Paging Firmware ABI, document 56860, ATTESTATION_REPORT),
/// versions 2, 3 and 5: 1184 bytes, integers and the signature little-endian. Reserved bytes must be zero.

#include "core/attestation/claims.hpp"
#include "core/crypto/p384.hpp"

#include <optional>

namespace substratee::attestation::snp {

inline constexpr std::size_t kReportSize = 1184;
inline constexpr std::size_t kSignedSize = 0x2a0;

/// Bits of the guest policy.
inline constexpr std::uint64_t kPolicyReservedOne = 1ULL << 17;
inline constexpr std::uint64_t kPolicyMigratable = 1ULL << 18;
inline constexpr std::uint64_t kPolicyDebug = 1ULL << 19;

enum class SigningKey : std::uint8_t {
  kVcek,  ///< a key of this very chip at this TCB
  kVlek,  ///< a key that AMD gave to a cloud provider
};

/// TCB_VERSION as it stands in the report; which byte means what depends on the product.
using TcbVersion = FixedBytes<8>;

struct Cpu {
  std::uint8_t family{};
  std::uint8_t model{};
  std::uint8_t stepping{};
  friend bool operator==(const Cpu&, const Cpu&) = default;
};

struct FirmwareVersion {
  std::uint8_t build{};
  std::uint8_t minor{};
  std::uint8_t major{};
  friend bool operator==(const FirmwareVersion&, const FirmwareVersion&) = default;
};

struct Report {
  std::uint32_t version{};
  std::uint32_t guest_svn{};
  std::uint64_t policy{};
  FixedBytes<16> family_id;
  FixedBytes<16> image_id;
  std::uint32_t vmpl{};
  TcbVersion current_tcb;
  std::uint64_t platform_info{};
  bool author_key{};
  bool masked_chip_key{};
  SigningKey signing_key{};
  ReportData report_data;
  FixedBytes<48> measurement;  ///< launch digest
  FixedBytes<32> host_data;
  FixedBytes<48> id_key_digest;
  FixedBytes<48> author_key_digest;
  FixedBytes<32> report_id;
  FixedBytes<32> report_id_ma;
  TcbVersion reported_tcb;
  std::optional<Cpu> cpu;  ///< from version 3 on
  FixedBytes<64> chip_id;  ///< zero where the host hides it
  TcbVersion committed_tcb;
  FirmwareVersion current_firmware;
  FirmwareVersion committed_firmware;
  TcbVersion launch_tcb;
  std::uint64_t launch_mitigations{};  ///< version 5
  std::uint64_t current_mitigations{};
  crypto::p384::Signature signature;  ///< big-endian
  FixedBytes<kSignedSize> signed_part;
};

/// kTruncatedQuote for another size than kReportSize; kBadSnpReport for a version, signature algorithm or signing key
/// that is not known, and for reserved bits that are not as they must be.
[[nodiscard]] Result<Report> parse_report(ByteView bytes);

/// SHA-256("substratee/snp/v1" ‖ launch digest ‖ policy ‖ host_data ‖ vmpl): what a registry compares. The policy is in
/// it, so an allowed guest cannot be started as one that may be debugged or migrated.
[[nodiscard]] Measurement measurement_of(const Report& report);

}  // namespace substratee::attestation::snp
