#include "core/attestation/tdx/report.hpp"

#include "core/attestation/dcap/fields.hpp"
#include "core/crypto/hash.hpp"

namespace substratee::attestation::tdx {

Result<Report> parse_report(ByteView bytes) {
  if (bytes.size() != kReportSize && bytes.size() != kReport15Size) return std::unexpected(Error::kTruncatedQuote);
  dcap::Fields in(bytes);
  Report out;
  out.tee_tcb_svn = in.fixed<16>();
  out.mr_seam = in.fixed<48>();
  out.mr_signer_seam = in.fixed<48>();
  out.seam_attributes = in.fixed<8>();
  out.td_attributes = in.fixed<8>();
  out.xfam = in.fixed<8>();
  out.mr_td = in.fixed<48>();
  out.mr_config_id = in.fixed<48>();
  out.mr_owner = in.fixed<48>();
  out.mr_owner_config = in.fixed<48>();
  for (auto& rtmr : out.rtmr) rtmr = in.fixed<48>();
  out.report_data = in.fixed<64>();
  if (!in.rest().empty()) out.newer = Report15{in.fixed<16>(), in.fixed<48>()};
  SUBSTRATEE_CHECK(in.rest().empty());
  return out;
}

Bytes write_report(const Report& report) {
  auto out = concat(report.tee_tcb_svn.bytes, report.mr_seam.bytes, report.mr_signer_seam.bytes,
                    report.seam_attributes.bytes, report.td_attributes.bytes, report.xfam.bytes, report.mr_td.bytes,
                    report.mr_config_id.bytes, report.mr_owner.bytes, report.mr_owner_config.bytes);
  for (const auto& rtmr : report.rtmr) append(out, rtmr.bytes);
  append(out, report.report_data.bytes);
  if (report.newer) {
    append(out, report.newer->tee_tcb_svn.bytes);
    append(out, report.newer->mr_service_td.bytes);
  }
  return out;
}

Measurement measurement_of(const Report& report) noexcept {
  crypto::Sha256 hash;
  hash.update(as_bytes("substratee/tdx/v1"));
  hash.update(report.mr_td.bytes);
  for (const auto& rtmr : report.rtmr) hash.update(rtmr.bytes);
  hash.update(report.mr_config_id.bytes);
  hash.update(report.mr_owner.bytes);
  hash.update(report.mr_owner_config.bytes);
  hash.update(report.td_attributes.bytes);
  return hash.finish();
}

}  // namespace substratee::attestation::tdx
