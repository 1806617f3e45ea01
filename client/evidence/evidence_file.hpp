#pragma once

/// Evidence in files, as people and other programs keep it. A file says by its first bytes what it is; that is good
/// enough for a command that a person starts, since every form then has its own strict verification. The chain and the
/// enclaves do not guess: there a byte names the kind.

#include "client/sdk/failure.hpp"
#include "core/attestation/evidence.hpp"

namespace substratee::client::evidence {

using attestation::Kind;

enum class Form : std::uint8_t {
  kQuote,        ///< SGX or TDX quote, genuine or simulated
  kSnpReport,    ///< report of SEV-SNP, 1184 bytes; its certificates come in other files
  kSnpBody,      ///< the same with the kernel's certificate table behind it
  kIasReport,    ///< JSON of IAS; signature and certificates come in other files
  kEvidence,     ///< SCALE Evidence of substraTEE, as it stands in extrinsics
  kCertificate,  ///< X.509 with evidence for its key, PEM or DER
  kAzureReport,  ///< what Azure's paravisor hands out: a report and runtime data
};
[[nodiscard]] std::string_view to_string(Form form) noexcept;

inline constexpr std::size_t kMaxFileSize = 1024 * 1024;

/// kUsage with the reason: not there, not readable, larger than kMaxFileSize.
[[nodiscard]] Result<Bytes> read_file(const std::string& path);

struct EvidenceFile {
  Form form{};
  Kind kind{};
  Bytes body;    ///< what a verification takes; of kCertificate the certificate in DER
  Bytes claims;  ///< of kEvidence
};

/// kUsage when it is nothing that this program knows.
[[nodiscard]] Result<EvidenceFile> recognise(ByteView bytes, const std::string& path);

/// An SNP report and its certificates (PEM bundles or DER) as one body.
[[nodiscard]] Result<Bytes> join_snp(ByteView report, const std::vector<std::string>& certificate_files);
/// An IAS report, its signature (base64 or 256 bytes and more) and its chain as one body.
[[nodiscard]] Result<Bytes> join_ias(ByteView report, const std::optional<std::string>& signature_file,
                                     const std::vector<std::string>& certificate_files);

}  // namespace substratee::client::evidence
