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

}  // namespace

Result<VerifiedEvidence> verify(const Evidence& evidence, const TrustAnchors& anchors, UnixSeconds now) {
  switch (evidence.kind) {
    case Kind::kSimulated: return verify_simulated(evidence, anchors, now);
    case Kind::kSgxDcap:
    case Kind::kTdx:
    case Kind::kSevSnp:
    case Kind::kIas: break;
  }
  return std::unexpected(Error::kUnsupportedEvidence);
}

Result<VerifiedEvidence> verify_simulated(const Evidence& evidence, const TrustAnchors& anchors, UnixSeconds now) {
  if (evidence.kind != Kind::kSimulated) return std::unexpected(Error::kUnsupportedEvidence);
  const auto quote = SUBSTRATEE_TRY(dcap::parse_quote(evidence.body.value));
  if (quote.header.vendor != dcap::simulation_vendor()) return std::unexpected(Error::kVendorMismatch);
  if (quote.report.report_data != report_data_for(evidence.claims.value)) {
    return std::unexpected(Error::kReportDataMismatch);
  }
  const auto proven = SUBSTRATEE_TRY(dcap::authenticate(quote, anchors.simulation_roots, anchors.intel_roots, now));
  SUBSTRATEE_TRY(dcap::check_simulated_qe(quote.qe_report));
  SUBSTRATEE_TRY(check_attributes(quote.report));
  const auto claims = SUBSTRATEE_TRY(decode_claims(evidence.claims.value));
  return VerifiedEvidence{.kind = Kind::kSimulated,
                          .hardware = false,
                          .tcb_status = TcbStatus::kSimulated,
                          .root = proven.root,
                          .measurement = quote.report.mr_enclave,
                          .signer = quote.report.mr_signer,
                          .platform_id = proven.pck.ppid,
                          .debug = (quote.report.flags & dcap::kDebug) != 0,
                          .pubkey_hash = claims.pubkey_hash,
                          .claims = claims.substratee,
                          .valid_until = proven.valid_until};
}

}  // namespace substratee::attestation
