#include "client/evidence/present.hpp"

#include "core/base/hex.hpp"

namespace substratee::client::evidence {
namespace {

namespace json = boost::json;
using attestation::AuthenticEvidence;

std::string_view word_of(Kind kind) noexcept {
  switch (kind) {
    case Kind::kSimulated: return "simulated";
    case Kind::kSgxDcap: return "sgx";
    case Kind::kTdx: return "tdx";
    case Kind::kSevSnp: return "snp";
    case Kind::kIas: return "ias";
  }
  return "unknown";
}

json::value text(std::string_view value) { return json::string(value.data(), value.size()); }

json::value status(const std::optional<attestation::TcbStatus>& value) {
  return value ? text(attestation::to_string(*value)) : json::value(nullptr);
}

json::value hex(ByteView bytes) { return text(to_hex(bytes)); }

json::value fmspc(const std::optional<attestation::Fmspc>& value) {
  return value ? hex(value->bytes) : json::value(nullptr);
}

void add_evidence(json::object& out, const AuthenticEvidence& evidence, const Identity& identity) {
  json::array advisories;
  for (const auto& advisory : evidence.advisories) advisories.push_back(text(advisory));
  out["hardware"] = evidence.hardware;
  out["tcb_status"] = text(attestation::to_string(evidence.tcb_status));
  out["platform_status"] = status(evidence.platform_status);
  out["qe_status"] = status(evidence.qe_status);
  out["module_status"] = status(evidence.module_status);
  out["advisories"] = std::move(advisories);
  out["measurement"] = hex(identity.measurement);
  out["signer"] = hex(identity.signer);
  out["debug"] = evidence.debug;
  out["report_data"] = hex(evidence.report_data.bytes);
  out["valid_until"] = evidence.valid_until;
  out["registry_measurement"] = hex(evidence.measurement.bytes);
  out["platform_id"] = hex(evidence.platform_id.bytes);
  out["root"] = hex(evidence.root.bytes);
  out["fmspc"] = fmspc(evidence.fmspc);
  out["evaluation_number"] = evidence.evaluation_number;
  out["collateral_expired"] = evidence.collateral_expired;
  out["tcb_date"] = evidence.tcb_date ? json::value(*evidence.tcb_date) : json::value(nullptr);
}

}  // namespace

json::object to_json(const Judgement& judgement) {
  json::object out{{"verdict", judgement.error ? "refused" : "accepted"},
                   {"error", judgement.error ? text(*judgement.error) : json::value(nullptr)},
                   {"evidence", text(word_of(judgement.kind))},
                   {"hardware", false}};
  if (judgement.evidence) {
    add_evidence(out, *judgement.evidence, judgement.identity);
  } else {
    for (const auto* name : {"tcb_status", "platform_status", "qe_status", "module_status", "advisories", "measurement",
                             "signer", "debug", "report_data", "valid_until", "registry_measurement", "platform_id",
                             "root", "fmspc", "evaluation_number", "collateral_expired", "tcb_date"}) {
      out[name] = nullptr;
    }
    out["advisories"] = json::array{};
  }
  out["reason"] = judgement.error ? text(judgement.reason) : json::value(nullptr);
  return out;
}

}  // namespace substratee::client::evidence
