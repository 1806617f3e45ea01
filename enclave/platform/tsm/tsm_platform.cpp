#include "enclave/platform/tsm/tsm_platform.hpp"

#include "core/scale/codec.hpp"
#include "enclave/platform/own_evidence.hpp"

namespace substratee::enclave::platform::tsm {
namespace {

using attestation::Kind;

constexpr std::size_t kHeaderSize = 48;
constexpr std::size_t kBodySize10 = 584;

std::uint64_t little_endian(ByteView bytes, std::size_t offset, std::size_t size) {
  std::uint64_t out = 0;
  for (std::size_t i = size; i-- > 0;) out = out << 8 | bytes[offset + i];
  return out;
}

/// Where the signature data of a TDX quote ends; the whole size when its lengths do not add up.
std::size_t quote_end(ByteView quote) {
  if (quote.size() < kHeaderSize + kBodySize10 + sizeof(std::uint32_t)) return quote.size();
  std::uint64_t length_at = kHeaderSize + kBodySize10;
  if (little_endian(quote, 0, 2) == 5) length_at = kHeaderSize + 6 + little_endian(quote, 50, 4);
  if (length_at + sizeof(std::uint32_t) > quote.size()) return quote.size();
  const auto end = length_at + sizeof(std::uint32_t) + little_endian(quote, length_at, sizeof(std::uint32_t));
  return std::min<std::uint64_t>(end, quote.size());
}

bool is_padding(ByteView bytes) {
  return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

}  // namespace

std::optional<Kind> kind_of(std::string_view provider) noexcept {
  if (provider == "tdx_guest") return Kind::kTdx;
  if (provider == "sev_guest") return Kind::kSevSnp;
  return std::nullopt;
}

Bytes body_of(Kind kind, const Report& report) {
  if (kind == Kind::kSevSnp) return concat(report.outblob, report.auxblob);
  const auto end = quote_end(report.outblob);
  if (!is_padding(ByteView(report.outblob).subspan(end))) return report.outblob;
  return to_bytes(ByteView(report.outblob).first(end));
}

std::expected<std::unique_ptr<TsmPlatform>, std::string> TsmPlatform::open(Files& files, Random& random,
                                                                           std::string root) {
  std::unique_ptr<TsmPlatform> platform(new TsmPlatform(files, random, std::move(root)));
  SUBSTRATEE_TRY(platform->learn());
  return platform;
}

std::expected<void, std::string> TsmPlatform::learn() {
  attestation::ReportData question;
  random_->fill(MutableByteView(question.bytes).first(32));
  const auto report = request_report(*files_, *random_, root_, question);
  if (!report) return std::unexpected(report.error().to_string());
  const auto kind = kind_of(report->provider);
  if (!kind) {
    return std::unexpected("configfs-tsm: the provider \"" + report->provider.substr(0, 32) +
                           "\" is neither tdx_guest nor sev_guest; this build knows no other");
  }
  kind_ = *kind;
  const auto own = read_own_evidence(kind_, body_of(kind_, *report));
  if (!own) {
    return std::unexpected(
        kind_ == Kind::kSevSnp && report->auxblob.empty()
            ? "configfs-tsm: the host gives no certificates with SNP reports; have the hypervisor supply its "
              "certificate table (docs/attestation.md)"
            : "configfs-tsm: the report has a form that this build does not know");
  }
  if (own->report_data != question) {
    return std::unexpected("configfs-tsm: the report answers another question than ours");
  }
  measurement_ = own->measurement;
  root_hash_ = own->root;
  return {};
}

std::expected<Bytes, std::string> TsmPlatform::body_for(const attestation::ReportData& report_data) {
  const auto report = request_report(*files_, *random_, root_, report_data);
  if (!report) return std::unexpected(report.error().to_string());
  if (kind_of(report->provider) != kind_) return std::unexpected("configfs-tsm: the provider is another than at start");
  auto body = body_of(kind_, *report);
  if (body.size() > attestation::kMaxEvidenceBodySize) {
    return std::unexpected("configfs-tsm: the evidence is larger than a chain takes");
  }
  const auto own = read_own_evidence(kind_, body);
  if (!own || own->report_data != report_data || own->measurement != measurement_) {
    return std::unexpected("configfs-tsm: the report is of another program, or answers another question than ours");
  }
  return body;
}

std::expected<attestation::Evidence, NoEvidence> TsmPlatform::attest(const attestation::Claims& claims) {
  auto buffer = attestation::encode_claims(claims);
  auto body = body_for(attestation::report_data_for(buffer));
  if (!body) return std::unexpected(NoEvidence{std::move(body).error()});
  return attestation::Evidence{kind_, {*std::move(body)}, {std::move(buffer)}};
}

}  // namespace substratee::enclave::platform::tsm
