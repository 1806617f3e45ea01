#include "core/attestation/dcap/authenticate.hpp"

#include "core/attestation/dcap/simulated_qe.hpp"

namespace substratee::attestation::dcap {
namespace {

constexpr std::uint64_t kRequiredFlags = kInit | kMode64;
constexpr std::uint64_t kForbiddenFlags = kProvisionKey | kEinitTokenKey;

/// Debug is not among them: it is a fact that the verdict reports and the policy refuses.
Result<void> check_attributes(const Report& report) noexcept {
  if ((report.flags & kRequiredFlags) != kRequiredFlags || (report.flags & kForbiddenFlags) != 0) {
    return std::unexpected(Error::kForbiddenAttributes);
  }
  return {};
}

/// The kind is chosen by a byte outside the quote; what the quote says of itself must agree.
Result<void> check_kind(Kind kind, const Quote& quote) noexcept {
  const bool simulated = kind == Kind::kSimulated;
  if (quote.header.vendor != (simulated ? simulation_vendor() : kIntelVendor)) {
    return std::unexpected(Error::kVendorMismatch);
  }
  if (quote.header.tee_type != (kind == Kind::kTdx ? kTeeTdx : kTeeSgx)) return std::unexpected(Error::kWrongTee);
  if (simulated && quote.header.version != kVersion3) return std::unexpected(Error::kBadHeader);
  return {};
}

/// Zeros pad quotes of TDX on the way out of the kernel. Nothing rests on these bytes, so they are looked at last.
Result<void> check_trailing(Kind kind, ByteView trailing) noexcept {
  const bool zeros = std::ranges::all_of(trailing, [](auto octet) { return octet == 0; });
  if (!trailing.empty() && (kind == Kind::kSimulated || !zeros)) return std::unexpected(Error::kTrailingBytes);
  return {};
}

/// A simulated platform that nobody revoked is simulated and nothing else, whatever levels it reaches.
TcbStatus status_of(Kind kind, const Verdict& verdict) {
  if (kind != Kind::kSimulated) return *verdict.converged;
  return verdict.converged == TcbStatus::kRevoked ? TcbStatus::kRevoked : TcbStatus::kSimulated;
}

AuthenticEvidence to_evidence(Kind kind, const Quote& quote, Verdict verdict) {
  AuthenticEvidence out;
  out.kind = kind;
  out.hardware = kind != Kind::kSimulated;
  out.tcb_status = status_of(kind, verdict);
  out.root = verdict.root;
  out.platform_id = verdict.pck.ppid;
  out.valid_until = verdict.valid_until;
  out.platform_status = verdict.platform_status;
  out.qe_status = verdict.qe_status;
  out.module_status = verdict.module_status;
  out.advisories = std::move(verdict.advisories);
  out.fmspc = verdict.pck.fmspc;
  out.evaluation_number = verdict.evaluation_number;
  out.collateral_expired = verdict.collateral_expired;
  out.tcb_date = verdict.tcb_date;
  if (const auto* report = std::get_if<Report>(&quote.body)) {
    out.measurement = report->mr_enclave;
    out.signer = report->mr_signer;
    out.debug = (report->flags & kDebug) != 0;
    out.report_data = report->report_data;
  } else {
    const auto& td = std::get<tdx::Report>(quote.body);
    out.measurement = tdx::measurement_of(td);
    out.debug = tdx::is_debug(td);
    out.report_data = td.report_data;
  }
  return out;
}

}  // namespace

Result<AuthenticEvidence> authenticate(Kind kind, ByteView body, CollateralSource& source,
                                       x509::KnownCertificates& known, const TrustAnchors& anchors, UnixSeconds now,
                                       const VerifyOptions& options) {
  const auto quote = SUBSTRATEE_TRY(parse_quote(body));
  SUBSTRATEE_TRY(check_kind(kind, quote));
  const Circumstances circumstances{kind != Kind::kSimulated, anchors, now, options.collateral_grace};
  auto verdict = SUBSTRATEE_TRY(judge(quote, circumstances, source, known));
  if (kind == Kind::kSimulated) SUBSTRATEE_TRY(check_simulated_qe(quote.qe_report));
  if (const auto* report = std::get_if<Report>(&quote.body)) SUBSTRATEE_TRY(check_attributes(*report));
  SUBSTRATEE_TRY(check_trailing(kind, quote.trailing));
  return to_evidence(kind, quote, std::move(verdict));
}

Result<std::vector<CollateralNeed>> read_needs(Kind kind, ByteView body) {
  const auto quote = SUBSTRATEE_TRY(parse_quote(body));
  SUBSTRATEE_TRY(check_kind(kind, quote));
  const auto chain = SUBSTRATEE_TRY(read_pck_chain(quote.pck_chain));
  const bool simulated = kind == Kind::kSimulated;
  const auto crl_kind = SUBSTRATEE_TRY(crl_kind_of(chain, !simulated));
  std::vector<CollateralNeed> out;
  for (const auto& id : needs_of(chain, kind == Kind::kTdx, crl_kind)) out.push_back({id, simulated});
  return out;
}

}  // namespace substratee::attestation::dcap
