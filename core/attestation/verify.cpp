#include "core/attestation/verify.hpp"

#include "core/attestation/dcap/authenticate.hpp"
#include "core/attestation/dcap/simulated_qe.hpp"

namespace substratee::attestation {
namespace {

constexpr std::uint64_t kRequiredFlags = dcap::kInit | dcap::kMode64;
constexpr std::uint64_t kForbiddenFlags = dcap::kProvisionKey | dcap::kEinitTokenKey;

/// Debug is not among them: it is a fact that the verdict reports and the policy refuses.
Result<void> check_attributes(const dcap::Report& report) noexcept {
  if ((report.flags & kRequiredFlags) != kRequiredFlags || (report.flags & kForbiddenFlags) != 0) {
    return std::unexpected(Error::kForbiddenAttributes);
  }
  return {};
}

Result<AuthenticEvidence> authenticate_simulated(ByteView body, const TrustAnchors& anchors, UnixSeconds now) {
  const auto quote = SUBSTRATEE_TRY(dcap::parse_quote(body));
  if (quote.header.vendor != dcap::simulation_vendor()) return std::unexpected(Error::kVendorMismatch);
  const auto proven = SUBSTRATEE_TRY(dcap::authenticate(quote, anchors.simulation_roots, anchors.intel_roots, now));
  SUBSTRATEE_TRY(dcap::check_simulated_qe(quote.qe_report));
  SUBSTRATEE_TRY(check_attributes(quote.report));
  return AuthenticEvidence{.kind = Kind::kSimulated,
                           .hardware = false,
                           .tcb_status = TcbStatus::kSimulated,
                           .root = proven.root,
                           .measurement = quote.report.mr_enclave,
                           .signer = quote.report.mr_signer,
                           .platform_id = proven.pck.ppid,
                           .debug = (quote.report.flags & dcap::kDebug) != 0,
                           .report_data = quote.report.report_data,
                           .valid_until = proven.valid_until,
                           .platform_status = {},
                           .qe_status = {},
                           .module_status = {},
                           .advisories = {},
                           .fmspc = proven.pck.fmspc};
}

}  // namespace

Result<AuthenticEvidence> authenticate(Kind kind, ByteView body, const CollateralSet& /*collateral*/,
                                       const TrustAnchors& anchors, UnixSeconds now, const VerifyOptions& /*options*/) {
  switch (kind) {
    case Kind::kSimulated: return authenticate_simulated(body, anchors, now);
    case Kind::kSgxDcap:
    case Kind::kTdx:
    case Kind::kSevSnp:
    case Kind::kIas: break;
  }
  return std::unexpected(Error::kUnsupportedEvidence);
}

Result<VerifiedEvidence> verify(const Evidence& evidence, const CollateralSet& collateral, const TrustAnchors& anchors,
                                UnixSeconds now, const VerifyOptions& options) {
  auto authentic = SUBSTRATEE_TRY(authenticate(evidence.kind, evidence.body.value, collateral, anchors, now, options));
  if (authentic.report_data != report_data_for(evidence.claims.value)) {
    return std::unexpected(Error::kReportDataMismatch);
  }
  const auto claims = SUBSTRATEE_TRY(decode_claims(evidence.claims.value));
  return VerifiedEvidence{std::move(authentic), claims.pubkey_hash, claims.substratee};
}

}  // namespace substratee::attestation
