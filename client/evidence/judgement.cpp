#include "client/evidence/judgement.hpp"

#include "core/attestation/collateral_file.hpp"
#include "core/attestation/dcap/quote.hpp"
#include "core/attestation/ias/report.hpp"
#include "core/attestation/ratls/foreign.hpp"
#include "core/attestation/snp/certificate_table.hpp"

#include <fmt/format.h>

namespace substratee::client::evidence {
namespace {

using attestation::AuthenticEvidence;
using attestation::CollateralSet;
using attestation::Error;

template <std::size_t N>
Bytes bytes_of(const FixedBytes<N>& value) {
  return to_bytes(value.bytes);
}

Identity identity_of_quote(ByteView body) {
  const auto quote = attestation::dcap::parse_quote(body);
  if (!quote) return {};
  if (const auto* enclave = std::get_if<attestation::dcap::Report>(&quote->body)) {
    return {bytes_of(enclave->mr_enclave), bytes_of(enclave->mr_signer)};
  }
  const auto& guest = std::get<attestation::tdx::Report>(quote->body);
  return {bytes_of(guest.mr_td), bytes_of(guest.mr_signer_seam)};
}

/// Of authentic evidence, in its own words.
Identity identity_of(const AuthenticEvidence& evidence, ByteView body) {
  switch (evidence.kind) {
    case Kind::kSimulated:
    case Kind::kSgxDcap:
    case Kind::kTdx: return identity_of_quote(body);
    case Kind::kSevSnp: {
      const auto report = attestation::snp::parse_report(body.first(attestation::snp::kReportSize));
      return report ? Identity{bytes_of(report->measurement), bytes_of(report->id_key_digest)} : Identity{};
    }
    case Kind::kIas: return {bytes_of(evidence.measurement), bytes_of(evidence.signer)};
  }
  return {};
}

Result<Acceptance> read_acceptance(const Question& question) {
  Acceptance out;
  if (question.policy) {
    const auto text = SUBSTRATEE_TRY(read_file(*question.policy));
    out = SUBSTRATEE_TRY(parse_acceptance(text));
  }
  if (!question.accept_status) return out;
  auto narrower = SUBSTRATEE_TRY(parse_statuses(*question.accept_status));
  std::erase_if(narrower, [&](auto status) { return !out.statuses.allows(status); });
  out.statuses = {false, std::move(narrower)};
  return out;
}

/// Nothing to read is a failure; what cannot be understood is bad collateral.
Result<attestation::Result<CollateralSet>> read_collateral(const std::optional<std::string>& path) {
  if (!path) return CollateralSet{};
  return attestation::parse_collateral_file(SUBSTRATEE_TRY(read_file(*path)));
}

/// What a verification takes: reports that come in pieces are joined.
Result<EvidenceFile> read_evidence(const Question& question) {
  const auto bytes = SUBSTRATEE_TRY(read_file(question.evidence));
  auto file = SUBSTRATEE_TRY(recognise(bytes, question.evidence));
  if (file.form == Form::kSnpReport || file.form == Form::kAzureReport) {
    file.body = SUBSTRATEE_TRY(join_snp(file.body, question.certificates));
  } else if (file.form == Form::kIasReport) {
    file.body = SUBSTRATEE_TRY(join_ias(file.body, question.signature, question.certificates));
  }
  return file;
}

struct Authentic {
  AuthenticEvidence evidence;
  Bytes body;
};

attestation::Result<Authentic> authenticate(const EvidenceFile& file,
                                            const attestation::Result<CollateralSet>& read_collateral,
                                            const Acceptance& acceptance, attestation::UnixSeconds now) {
  if (!read_collateral) return std::unexpected(read_collateral.error());
  const auto& collateral = *read_collateral;
  const auto anchors = acceptance.anchors();
  const auto& options = acceptance.options;
  if (file.form == Form::kCertificate) {
    auto evidence =
        SUBSTRATEE_TRY(attestation::ratls::judge_foreign_certificate(file.body, collateral, anchors, now, options));
    return Authentic{std::move(evidence), SUBSTRATEE_TRY(attestation::ratls::read_foreign_certificate(file.body)).body};
  }
  if (file.form == Form::kEvidence) {
    const attestation::Evidence evidence{file.kind, {file.body}, {file.claims}};
    return Authentic{SUBSTRATEE_TRY(attestation::verify(evidence, collateral, anchors, now, options)), file.body};
  }
  return Authentic{SUBSTRATEE_TRY(attestation::authenticate(file.kind, file.body, collateral, anchors, now, options)),
                   file.body};
}

std::string explain(std::string_view code) {
  return fmt::format("the evidence is authentic, but not acceptable: {}", code);
}

}  // namespace

Result<Judgement> judge(const Question& question) {
  const auto acceptance = SUBSTRATEE_TRY(read_acceptance(question));
  const auto collateral = SUBSTRATEE_TRY(read_collateral(question.collateral));
  const auto file = SUBSTRATEE_TRY(read_evidence(question));
  Judgement out{.kind = file.kind, .error = {}, .reason = {}, .evidence = {}, .identity = {}};
  auto authentic = authenticate(file, collateral, acceptance, question.now);
  if (!authentic) {
    out.error = to_code(authentic.error());
    out.reason = to_string(authentic.error());
    return out;
  }
  out.identity = identity_of(authentic->evidence, authentic->body);
  if (const auto code = refuse(acceptance, out.identity, authentic->evidence)) {
    out.error = *code;
    out.reason = explain(*code);
  }
  out.evidence = std::move(authentic->evidence);
  return out;
}

}  // namespace substratee::client::evidence
