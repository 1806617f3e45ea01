#pragma once

/// Reports of Intel's former attestation service (IAS, EPID; shut down in 2025): signed JSON about an SGX quote.
/// Intel, "Attestation Service for Intel SGX, API documentation", versions 3 to 5.

#include "core/attestation/dcap/quote.hpp"
#include "core/attestation/evidence.hpp"

#include <string>
#include <vector>

namespace substratee::attestation::ias {

/// Evidence body of Kind::kIas, in SCALE.
struct Body {
  scale::BoundedBytes<8 * 1024> report;  ///< the JSON, byte for byte as it was served
  scale::BoundedBytes<512> signature;    ///< X-IASReport-Signature, its base64 undone
  scale::BoundedBytes<6 * 1024> chain;   ///< X-IASReport-Signing-Certificate, its URL encoding undone: PEM
  SUBSTRATEE_FIELDS(Body, report, signature, chain)
  friend bool operator==(const Body&, const Body&) = default;
};

struct Report {
  std::string id;
  UnixSeconds timestamp{};  ///< fractions of a second dropped
  std::uint64_t version{};  ///< 0 in reports before version 3
  TcbStatus status{};
  std::vector<std::string> advisories;
  std::string pseudonym;  ///< epidPseudonym, base64; empty for unlinkable quotes
  std::uint32_t group{};  ///< EPID group
  dcap::Report enclave;
};

/// kBadJson, kBadIasReport; kIasQuoteRefused for the statuses by which the service says that the quote is worth
/// nothing.
[[nodiscard]] Result<Report> parse_report(ByteView json);

}  // namespace substratee::attestation::ias
