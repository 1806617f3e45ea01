#pragma once

/// Intel's ECDSA quote, version 3 (SGXDataCenterAttestationPrimitives, sgx_quote_3.h): header 48, report body 384,
/// u32 length, signature data with certification data type 5 (PCK chain in PEM). Integers little-endian, keys and
/// signatures big-endian. Reserved bytes must be zero and nothing may follow.

#include "core/attestation/claims.hpp"
#include "core/attestation/error.hpp"
#include "core/crypto/p256.hpp"

namespace substratee::attestation::dcap {

inline constexpr std::size_t kHeaderSize = 48;
inline constexpr std::size_t kReportSize = 384;
inline constexpr std::size_t kSignedSize = kHeaderSize + kReportSize;
inline constexpr std::uint16_t kVersion3 = 3;
inline constexpr std::uint16_t kEcdsaP256 = 2;
inline constexpr std::uint16_t kPckChain = 5;

using VendorId = FixedBytes<16>;
/// Quoting enclaves of Intel.
inline constexpr VendorId kIntelVendor{
    {0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07}};
/// Simulated quoting enclaves: the first 16 bytes of SHA-256("substratee/simulated/qe-vendor/v1").
[[nodiscard]] VendorId simulation_vendor() noexcept;

/// SGX attribute flags.
inline constexpr std::uint64_t kInit = 0x1;
inline constexpr std::uint64_t kDebug = 0x2;
inline constexpr std::uint64_t kMode64 = 0x4;
inline constexpr std::uint64_t kProvisionKey = 0x10;
inline constexpr std::uint64_t kEinitTokenKey = 0x20;

struct Header {
  std::uint16_t qe_svn{};
  std::uint16_t pce_svn{};
  VendorId vendor;
  FixedBytes<20> user_data;
  friend bool operator==(const Header&, const Header&) = default;
};

struct Report {
  FixedBytes<16> cpu_svn;
  std::uint32_t misc_select{};
  FixedBytes<16> isv_ext_prod_id;
  std::uint64_t flags{};
  std::uint64_t xfrm{};
  Measurement mr_enclave;
  Hash256 mr_signer;
  FixedBytes<64> config_id;
  std::uint16_t isv_prod_id{};
  std::uint16_t isv_svn{};
  std::uint16_t config_svn{};
  FixedBytes<16> isv_family_id;
  ReportData report_data;
  friend bool operator==(const Report&, const Report&) = default;
};

/// A quote in its parts; variable ones are views into the input (or, for writing, into the caller's bytes).
struct Quote {
  Header header;
  Report report;
  crypto::p256::Signature signature;  ///< by attestation_key over header ‖ report
  crypto::p256::PublicKey attestation_key;
  Report qe_report;
  crypto::p256::Signature qe_signature;  ///< by the platform's key over qe_report
  ByteView auth_data;
  ByteView pck_chain;  ///< PEM
};

/// kTruncatedQuote, kBadHeader, kBadReport, kBadSignatureData, kUnsupportedCertification.
[[nodiscard]] Result<Quote> parse_quote(ByteView bytes);
[[nodiscard]] Bytes write_quote(const Quote& quote);

/// The parts that signatures cover.
[[nodiscard]] Bytes write_header(const Header& header);
[[nodiscard]] Bytes write_report(const Report& report);
/// kBadReport on non-zero reserved bytes; `bytes` has kReportSize bytes, else kTruncatedQuote.
[[nodiscard]] Result<Report> parse_report(ByteView bytes);

}  // namespace substratee::attestation::dcap
