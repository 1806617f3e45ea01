#include "enclave/platform/own_evidence.hpp"

#include "core/attestation/dcap/pck_chain.hpp"
#include "core/attestation/dcap/quote.hpp"
#include "core/attestation/snp/certificate_table.hpp"
#include "core/attestation/snp/chain.hpp"
#include "core/attestation/tdx/report.hpp"

namespace substratee::enclave::platform {
namespace {

using attestation::Kind;
namespace dcap = attestation::dcap;
namespace snp = attestation::snp;
namespace tdx = attestation::tdx;

std::optional<OwnEvidence> read_sgx(ByteView body) {
  const auto quote = dcap::parse_quote(body);
  const auto* report = quote ? std::get_if<dcap::Report>(&quote->body) : nullptr;
  if (report == nullptr) return std::nullopt;
  return OwnEvidence{report->mr_enclave, report->report_data, dcap::kIntelRoot};
}

std::optional<OwnEvidence> read_tdx(ByteView body) {
  const auto quote = dcap::parse_quote(body);
  const auto* report = quote ? std::get_if<tdx::Report>(&quote->body) : nullptr;
  if (report == nullptr) return std::nullopt;
  return OwnEvidence{tdx::measurement_of(*report), report->report_data, dcap::kIntelRoot};
}

std::optional<OwnEvidence> read_snp(ByteView body) {
  const auto parsed = snp::parse_body(body);
  const auto root = parsed ? snp::root_of(parsed->certificates) : std::unexpected(parsed.error());
  if (!root) return std::nullopt;
  return OwnEvidence{snp::measurement_of(parsed->report), parsed->report.report_data, *root};
}

}  // namespace

std::optional<OwnEvidence> read_own_evidence(Kind kind, ByteView body) {
  switch (kind) {
    case Kind::kSgxDcap: return read_sgx(body);
    case Kind::kTdx: return read_tdx(body);
    case Kind::kSevSnp: return read_snp(body);
    case Kind::kSimulated:
    case Kind::kIas: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace substratee::enclave::platform
