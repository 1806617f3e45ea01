#include "enclave/platform/own_evidence.hpp"

#include "core/attestation/dcap/pck_chain.hpp"
#include "core/attestation/dcap/quote.hpp"
#include "core/attestation/tdx/report.hpp"
#include "core/crypto/hash.hpp"

namespace substratee::enclave::platform {
namespace {

using attestation::Kind;
namespace dcap = attestation::dcap;
namespace tdx = attestation::tdx;

constexpr std::size_t kSnpReport = 1184;

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
  if (body.size() <= kSnpReport) return std::nullopt;
  const auto measurement = crypto::sha256(concat(as_bytes("substratee/snp/v1"), body.subspan(0x90, 48),
                                                 body.subspan(0x08, 8), body.subspan(0xC0, 32), body.subspan(0x30, 4)));
  return OwnEvidence{measurement, *attestation::ReportData::from(body.subspan(0x50, 64)), {}};
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
