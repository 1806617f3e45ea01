#include "client/evidence/present.hpp"

#include "core/attestation/dcap/pck_chain.hpp"
#include "core/attestation/dcap/quote.hpp"
#include "core/attestation/ias/report.hpp"
#include "core/attestation/name.hpp"
#include "core/attestation/ratls/foreign.hpp"
#include "core/attestation/snp/certificate_table.hpp"
#include "core/attestation/snp/leaf.hpp"
#include "core/attestation/x509_outline.hpp"
#include "core/base/hex.hpp"

#include <fmt/format.h>

namespace substratee::client::evidence {
namespace {

namespace json = boost::json;
namespace dcap = attestation::dcap;
namespace snp = attestation::snp;
namespace tdx = attestation::tdx;
namespace x509 = attestation::x509;

json::value text(std::string_view value) { return json::string(value.data(), value.size()); }
json::value hex(ByteView bytes) { return text(to_hex(bytes)); }
template <std::size_t N>
json::value hex(const FixedBytes<N>& value) {
  return hex(ByteView(value.bytes));
}
json::value number_hex(std::uint64_t value) { return text(fmt::format("{:#x}", value)); }

/// A part that does not even parse.
json::object malformed(attestation::Error error) {
  return {{"malformed", text(attestation::to_string(error))}, {"code", text(attestation::to_code(error))}};
}

json::object enclave_json(const dcap::Report& report) {
  return {{"measurement", hex(report.mr_enclave)},
          {"signer", hex(report.mr_signer)},
          {"product_id", report.isv_prod_id},
          {"security_version", report.isv_svn},
          {"debug", (report.flags & dcap::kDebug) != 0},
          {"attributes", number_hex(report.flags)},
          {"xfrm", number_hex(report.xfrm)},
          {"cpu_svn", hex(report.cpu_svn)},
          {"config_id", hex(report.config_id)},
          {"config_svn", report.config_svn},
          {"report_data", hex(report.report_data)}};
}

json::object guest_json(const tdx::Report& report) {
  json::array rtmr;
  for (const auto& value : report.rtmr) rtmr.push_back(hex(value));
  json::object out{{"measurement", hex(report.mr_td)},
                   {"rtmr", std::move(rtmr)},
                   {"module", hex(report.mr_seam)},
                   {"module_signer", hex(report.mr_signer_seam)},
                   {"tee_tcb_svn", hex(report.tee_tcb_svn)},
                   {"debug", tdx::is_debug(report)},
                   {"attributes", hex(report.td_attributes)},
                   {"xfam", hex(report.xfam)},
                   {"config_id", hex(report.mr_config_id)},
                   {"owner", hex(report.mr_owner)},
                   {"owner_config", hex(report.mr_owner_config)},
                   {"report_data", hex(report.report_data)},
                   {"registry_measurement", hex(tdx::measurement_of(report))}};
  if (report.newer) {
    out["tee_tcb_svn_2"] = hex(report.newer->tee_tcb_svn);
    out["service_td"] = hex(report.newer->mr_service_td);
  }
  return out;
}

json::object pck_json(ByteView pem) {
  const auto chain = dcap::read_pck_chain(pem);
  if (!chain) return malformed(chain.error());
  const auto& pck = chain->pck;
  json::array components;
  for (const auto component : pck.tcb_components) components.push_back(component);
  return {{"leaf", text(x509::common_name(chain->chain.leaf.subject))},
          {"ca", text(x509::common_name(chain->chain.ca.subject))},
          {"root", text(x509::common_name(chain->chain.root.subject))},
          {"root_hash", hex(chain->chain.root_hash)},
          {"valid_until", chain->chain.valid_until},
          {"fmspc", hex(pck.fmspc)},
          {"pce_id", hex(pck.pce_id)},
          {"ppid", hex(pck.ppid)},
          {"pce_svn", pck.pce_svn},
          {"tcb_components", std::move(components)}};
}

json::object quote_json(ByteView bytes) {
  const auto quote = dcap::parse_quote(bytes);
  if (!quote) return malformed(quote.error());
  const auto* enclave = std::get_if<dcap::Report>(&quote->body);
  return {{"version", quote->header.version},
          {"tee", enclave != nullptr ? "SGX" : "TDX"},
          {"vendor", hex(quote->header.vendor)},
          {enclave != nullptr ? "enclave" : "guest",
           enclave != nullptr ? enclave_json(*enclave) : guest_json(std::get<tdx::Report>(quote->body))},
          {"quoting_enclave", enclave_json(quote->qe_report)},
          {"platform", pck_json(quote->pck_chain)},
          {"trailing_bytes", quote->trailing.size()}};
}

json::object snp_json(const snp::Report& report) {
  json::object out{{"version", report.version},
                   {"measurement", hex(report.measurement)},
                   {"registry_measurement", hex(snp::measurement_of(report))},
                   {"host_data", hex(report.host_data)},
                   {"vmpl", report.vmpl},
                   {"guest_svn", report.guest_svn},
                   {"policy", number_hex(report.policy)},
                   {"debug", (report.policy & snp::kPolicyDebug) != 0},
                   {"migratable", (report.policy & snp::kPolicyMigratable) != 0},
                   {"signing_key", report.signing_key == snp::SigningKey::kVcek ? "VCEK" : "VLEK"},
                   {"id_key_digest", hex(report.id_key_digest)},
                   {"author_key_digest", hex(report.author_key_digest)},
                   {"family_id", hex(report.family_id)},
                   {"image_id", hex(report.image_id)},
                   {"platform_info", number_hex(report.platform_info)},
                   {"reported_tcb", hex(report.reported_tcb)},
                   {"current_tcb", hex(report.current_tcb)},
                   {"committed_tcb", hex(report.committed_tcb)},
                   {"launch_tcb", hex(report.launch_tcb)},
                   {"chip_id", hex(report.chip_id)},
                   {"report_id", hex(report.report_id)},
                   {"report_data", hex(report.report_data)}};
  if (report.cpu) {
    const auto product = snp::product_of_cpu(report.cpu->family, report.cpu->model);
    out["product"] = product ? text(snp::to_string(*product)) : json::value("unknown");
  }
  return out;
}

json::object certificate_json(ByteView der) {
  const auto outline = x509::parse_outline(der, {.zero_serial = true, .loose_times = true, .loose_usage = true});
  if (!outline) return malformed(outline.error());
  json::object out{{"subject", text(x509::common_name(outline->subject))},
                   {"issuer", text(x509::common_name(outline->issuer))},
                   {"valid_from", outline->not_before},
                   {"valid_until", outline->not_after}};
  if (const auto product = snp::product_name(*outline)) out["product"] = text(*product);
  return out;
}

json::object snp_body_json(ByteView bytes) {
  const auto report = snp::parse_report(bytes.first(std::min(bytes.size(), snp::kReportSize)));
  if (!report) return malformed(report.error());
  auto out = snp_json(*report);
  if (bytes.size() == snp::kReportSize) return out;
  const auto table = snp::parse_table(bytes.subspan(snp::kReportSize));
  if (!table) {
    out["certificates"] = malformed(table.error());
    return out;
  }
  json::array certificates;
  for (const auto* der : {&table->vcek, &table->vlek, &table->ask, &table->ark}) {
    if (!der->empty()) certificates.push_back(certificate_json(*der));
  }
  out["certificates"] = std::move(certificates);
  return out;
}

json::object ias_json(ByteView bytes) {
  const auto report = attestation::ias::parse_report(bytes);
  if (!report) return malformed(report.error());
  json::array advisories;
  for (const auto& advisory : report->advisories) advisories.push_back(text(advisory));
  return {{"id", text(report->id)},
          {"timestamp", report->timestamp},
          {"version", report->version},
          {"status", text(attestation::to_string(report->status))},
          {"advisories", std::move(advisories)},
          {"epid_group", number_hex(report->group)},
          {"enclave", enclave_json(report->enclave)}};
}

json::object ias_body_json(ByteView bytes) {
  const auto body = scale::decode<attestation::ias::Body>(bytes);
  return body ? ias_json(body->report.value) : malformed(attestation::Error::kBadIasReport);
}

json::object claims_json(ByteView buffer) {
  const auto claims = attestation::decode_claims(buffer);
  if (!claims) return malformed(claims.error());
  const auto& ours = claims->substratee;
  return {{"pubkey_hash", hex(claims->pubkey_hash)},    {"purpose", text(attestation::to_string(ours.purpose))},
          {"genesis", hex(ours.genesis_hash)},          {"account", hex(ours.account)},
          {"encryption_key", hex(ours.encryption_key)}, {"instance", hex(ours.instance)},
          {"block_number", ours.block_number},          {"block_hash", hex(ours.block_hash)}};
}

/// The body of evidence by its kind.
json::object body_json(Kind kind, ByteView body) {
  switch (kind) {
    case Kind::kSimulated:
    case Kind::kSgxDcap:
    case Kind::kTdx: return quote_json(body);
    case Kind::kSevSnp: return snp_body_json(body);
    case Kind::kIas: return ias_body_json(body);
  }
  return {};
}

json::object ra_certificate_json(ByteView der) {
  auto out = certificate_json(der);
  const auto certificate = attestation::ratls::read_foreign_certificate(der);
  if (!certificate) {
    out["evidence"] = malformed(certificate.error());
    return out;
  }
  out["carrier"] = text(attestation::ratls::to_string(certificate->carrier));
  out["kind"] = text(attestation::to_string(certificate->kind));
  out["evidence"] = body_json(certificate->kind, certificate->body);
  if (!certificate->claims.empty()) {
    out["claims_bytes"] = hex(certificate->claims);
    if (attestation::decode_claims(certificate->claims)) out["claims"] = claims_json(certificate->claims);
  }
  return out;
}

json::object contents(const EvidenceFile& file) {
  switch (file.form) {
    case Form::kIasReport: return ias_json(file.body);
    case Form::kCertificate: return ra_certificate_json(file.body);
    case Form::kQuote:
    case Form::kSnpReport:
    case Form::kSnpBody:
    case Form::kAzureReport:
    case Form::kEvidence: return body_json(file.kind, file.body);
  }
  return {};
}

}  // namespace

json::object inspect(const EvidenceFile& file) {
  json::object out{{"form", text(to_string(file.form))},
                   {"kind", text(attestation::to_string(file.kind))},
                   {"verified", false},
                   {"note", "these are claims: nothing here was verified; use 'attestation verify'"},
                   {"contents", contents(file)}};
  if (file.form == Form::kEvidence) out["claims"] = claims_json(file.claims);
  return out;
}

}  // namespace substratee::client::evidence
