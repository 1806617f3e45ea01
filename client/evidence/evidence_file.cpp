#include "client/evidence/evidence_file.hpp"

#include "core/attestation/base64.hpp"
#include "core/attestation/der.hpp"
#include "core/attestation/ias/report.hpp"
#include "core/attestation/name.hpp"
#include "core/attestation/pem.hpp"
#include "core/attestation/ratls/foreign.hpp"
#include "core/attestation/ratls/tagged_evidence.hpp"
#include "core/attestation/snp/certificate_table.hpp"
#include "core/attestation/x509_outline.hpp"

#include <fmt/format.h>

#include <fstream>

namespace substratee::client::evidence {
namespace {

namespace snp = attestation::snp;

constexpr std::string_view kPemBegin = "-----BEGIN";
constexpr std::string_view kAzureMagic = "HCLA";
constexpr std::size_t kAzureReportOffset = 32;

std::unexpected<Failure> usage(std::string thing, std::string next_step) {
  return fail(Code::kUsage, std::move(thing), std::move(next_step));
}

std::uint32_t integer(ByteView bytes, std::size_t offset) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i > 0; --i) value = value << 8 | bytes[offset + i - 1];
  return value;
}

bool looks_like_snp(ByteView bytes) {
  if (bytes.size() < snp::kReportSize) return false;
  const auto version = integer(bytes, 0);
  return version >= 1 && version <= 16 && integer(bytes, 0x34) == 1;
}

/// Version 3 to 5 and the key type of ECDSA P-256.
bool looks_like_quote(ByteView bytes) {
  return bytes.size() >= 48 && bytes[0] >= 3 && bytes[0] <= 5 && bytes[1] == 0 && bytes[2] == 2 && bytes[3] == 0;
}

Result<EvidenceFile> certificate(Bytes der) {
  const auto read = attestation::ratls::read_foreign_certificate(der);
  // What is wrong with it is for the verification to say.
  return EvidenceFile{Form::kCertificate, read ? read->kind : Kind::kSgxDcap, std::move(der), {}};
}

Result<EvidenceFile> from_pem(ByteView text, const std::string& path) {
  auto bundle = attestation::pem::read_certificates(text);
  if (!bundle) {
    return usage(fmt::format("'{}' begins like PEM but is malformed", path), "give certificates in PEM, or DER");
  }
  return certificate(std::move(bundle->front()));
}

/// A quote of an unknown vendor counts as Intel's, whose verification then refuses it.
EvidenceFile from_quote(ByteView bytes) {
  constexpr std::size_t kTeeType = 4;
  const auto unknown = bytes[0] > 3 && bytes[kTeeType] != 0 ? Kind::kTdx : Kind::kSgxDcap;
  const auto kind = attestation::ratls::kind_of_quote(bytes).value_or(unknown);
  return EvidenceFile{Form::kQuote, kind, to_bytes(bytes), {}};
}

/// Where a certificate of AMD belongs, by its name.
Bytes* place_of(snp::CertificateTable& table, std::string_view name) {
  if (name == "SEV-VCEK") return &table.vcek;
  if (name == "SEV-VLEK") return &table.vlek;
  if (name.starts_with("ARK-")) return &table.ark;
  if (name.starts_with("SEV-")) return &table.ask;
  return nullptr;
}

Result<std::vector<Bytes>> read_certificates(const std::string& path) {
  auto bytes = SUBSTRATEE_TRY(read_file(path));
  if (!bytes.empty() && bytes[0] == attestation::der::kSequence) return std::vector<Bytes>{std::move(bytes)};
  auto bundle = attestation::pem::read_certificates(bytes);
  if (!bundle) {
    return usage(fmt::format("'{}' holds no certificates", path), "give certificates in PEM, or one in DER");
  }
  return *std::move(bundle);
}

}  // namespace

std::string_view to_string(Form form) noexcept {
  switch (form) {
    case Form::kQuote: return "quote";
    case Form::kSnpReport: return "SEV-SNP report without certificates";
    case Form::kSnpBody: return "SEV-SNP report with certificates";
    case Form::kIasReport: return "IAS report";
    case Form::kEvidence: return "evidence of substraTEE";
    case Form::kCertificate: return "X.509 certificate";
    case Form::kAzureReport: return "Azure paravisor report";
  }
  return "unknown";
}

Result<Bytes> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return usage(fmt::format("'{}' cannot be read", path), "give a file that exists and is readable");
  Bytes out;
  std::array<char, 16 * 1024> piece{};
  while (in.read(piece.data(), piece.size()) || in.gcount() > 0) {
    append(out, as_bytes({piece.data(), static_cast<std::size_t>(in.gcount())}));
    if (out.size() > kMaxFileSize) {
      return usage(fmt::format("'{}' is larger than {} KiB", path, kMaxFileSize / 1024),
                   "give a file of evidence; none is that large");
    }
  }
  if (in.bad()) return usage(fmt::format("'{}' cannot be read", path), "give a regular file");
  return out;
}

Result<EvidenceFile> recognise(ByteView bytes, const std::string& path) {
  const auto text = as_text(bytes);
  const auto first = text.find_first_not_of(" \t\r\n");
  if (text.starts_with(kPemBegin)) return from_pem(bytes, path);
  if (first != std::string_view::npos && text[first] == '{') {
    return EvidenceFile{Form::kIasReport, Kind::kIas, to_bytes(bytes), {}};
  }
  if (text.starts_with(kAzureMagic) && bytes.size() > kAzureReportOffset &&
      looks_like_snp(bytes.subspan(kAzureReportOffset))) {
    return EvidenceFile{
        Form::kAzureReport, Kind::kSevSnp, to_bytes(bytes.subspan(kAzureReportOffset, snp::kReportSize)), {}};
  }
  if (looks_like_quote(bytes)) return from_quote(bytes);
  if (looks_like_snp(bytes)) {
    const auto form = bytes.size() == snp::kReportSize ? Form::kSnpReport : Form::kSnpBody;
    return EvidenceFile{form, Kind::kSevSnp, to_bytes(bytes), {}};
  }
  if (auto evidence = scale::decode<attestation::Evidence>(bytes)) {
    return EvidenceFile{Form::kEvidence, evidence->kind, std::move(evidence->body.value),
                        std::move(evidence->claims.value)};
  }
  if (!bytes.empty() && bytes[0] == attestation::der::kSequence) return certificate(to_bytes(bytes));
  return usage(fmt::format("'{}' is no evidence that this program knows", path),
               "give a quote, an SNP or IAS report, a certificate with evidence, or SCALE evidence");
}

Result<Bytes> join_snp(ByteView report, const std::vector<std::string>& certificate_files) {
  snp::CertificateTable table;
  for (const auto& path : certificate_files) {
    for (auto& der : SUBSTRATEE_TRY(read_certificates(path))) {
      const auto outline = attestation::x509::parse_outline(der, {.zero_serial = true, .loose_usage = true});
      const auto name = outline ? attestation::x509::common_name(outline->subject) : std::string_view{};
      auto* place = place_of(table, name);
      if (place == nullptr) {
        return usage(fmt::format("'{}' holds a certificate ('{}') that is none of AMD's", path, name),
                     "give VCEK or VLEK, ASK or ASVK, and ARK");
      }
      *place = std::move(der);
    }
  }
  return snp::make_body(report, table);
}

Result<Bytes> join_ias(ByteView report, const std::optional<std::string>& signature_file,
                       const std::vector<std::string>& certificate_files) {
  if (!signature_file || certificate_files.size() != 1) {
    return usage("a report of IAS is nothing without its signature and its signer's chain",
                 "give --signature FILE and --certificates FILE.pem");
  }
  attestation::ias::Body body;
  body.report.value = to_bytes(report);
  body.signature.value = SUBSTRATEE_TRY(read_file(*signature_file));
  auto text = as_text(body.signature.value);
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  if (auto raw = attestation::from_base64(text)) body.signature.value = *std::move(raw);
  body.chain.value = SUBSTRATEE_TRY(read_file(certificate_files.front()));
  if (body.report.value.size() > decltype(body.report)::kMax ||
      body.signature.value.size() > decltype(body.signature)::kMax ||
      body.chain.value.size() > decltype(body.chain)::kMax) {
    return usage("report, signature or chain is larger than any of IAS", "give the files that belong together");
  }
  return scale::encode(body);
}

}  // namespace substratee::client::evidence
