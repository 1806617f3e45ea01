#pragma once

/// Intel's ECDSA quotes (SGXDataCenterAttestationPrimitives, sgx_quote_3.h, _4.h, _5.h): version 3 (SGX), 4 (SGX, TD
/// report 1.0) and 5 (SGX, TD report 1.0 or 1.5). Header 48, body, u32 length, signature data with certification data
/// type 5 (PCK chain in PEM). Integers little-endian, keys and signatures big-endian. Reserved bytes of reports of SGX
/// must be zero. What follows the signature data is handed on and judged by whoever verifies.

#include "core/attestation/claims.hpp"
#include "core/attestation/error.hpp"
#include "core/attestation/tdx/report.hpp"
#include "core/crypto/p256.hpp"

#include <variant>

namespace substratee::attestation::dcap {

inline constexpr std::size_t kHeaderSize = 48;
inline constexpr std::size_t kReportSize = 384;
/// Header and report of SGX in a quote of version 3 or 4.
inline constexpr std::size_t kSignedSize = kHeaderSize + kReportSize;
inline constexpr std::size_t kMaxQuoteSize = 16 * 1024;
inline constexpr std::uint16_t kVersion3 = 3;
inline constexpr std::uint16_t kVersion4 = 4;
inline constexpr std::uint16_t kVersion5 = 5;
inline constexpr std::uint32_t kTeeSgx = 0;
inline constexpr std::uint32_t kTeeTdx = 0x81;
inline constexpr std::uint16_t kEcdsaP256 = 2;
/// Certification data types.
inline constexpr std::uint16_t kPckChain = 5;
inline constexpr std::uint16_t kQeReportCertification = 6;

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
  std::uint16_t version = kVersion3;
  std::uint32_t tee_type = kTeeSgx;
  std::uint16_t qe_svn{};
  std::uint16_t pce_svn{};
  VendorId vendor;
  FixedBytes<20> user_data;
  friend bool operator==(const Header&, const Header&) = default;
};

struct Report {
  FixedBytes<16> cpu_svn;
  std::uint32_t misc_select{};
  std::uint8_t cet_attributes{};
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
  std::variant<Report, tdx::Report> body;  ///< fits header.tee_type
  crypto::p256::Signature signature;       ///< by attestation_key over header ‖ body
  crypto::p256::PublicKey attestation_key;
  Report qe_report;
  crypto::p256::Signature qe_signature;  ///< by the platform's key over qe_report
  ByteView auth_data;
  ByteView pck_chain;  ///< PEM

  ByteView signed_part;       ///< header ‖ body, as they stand; not for writing
  ByteView signed_qe_report;  ///< as it stands; not for writing
  ByteView trailing;          ///< what follows the signature data, which nothing covers; not for writing
};

/// kTooLarge, kTruncatedQuote, kBadHeader, kBadReport, kBadSignatureData, kUnsupportedCertification.
[[nodiscard]] Result<Quote> parse_quote(ByteView bytes);
/// Computes nothing: signatures are the caller's.
[[nodiscard]] Bytes write_quote(const Quote& quote);

/// What `signature` covers: header and body, in version 5 with the descriptor between them.
[[nodiscard]] Bytes write_signed_part(const Quote& quote);
[[nodiscard]] Bytes write_report(const Report& report);
/// kBadReport on non-zero reserved bytes; `bytes` has kReportSize bytes, else kTruncatedQuote.
[[nodiscard]] Result<Report> parse_report(ByteView bytes);

}  // namespace substratee::attestation::dcap
