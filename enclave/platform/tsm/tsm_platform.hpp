#pragma once

/// A confidential VM (Intel TDX, AMD SEV-SNP) whose only program is this one, through Linux configfs-tsm.
/// It has no sealing key: nothing is persisted, and a restarted enclave joins anew.
/// On SNP the own report comes from the firmware through an encrypted channel. On TDX the quote comes through the host:
/// a host that lies about it gets evidence that nobody believes.

#include "enclave/platform/platform.hpp"
#include "enclave/platform/tsm/report.hpp"

#include <memory>
#include <optional>

namespace substratee::enclave::platform::tsm {

class TsmPlatform final : public Platform {
 public:
  /// Asks for a first report, from which it learns kind, measurement and root. The error is a sentence for the log.
  /// `root`: "/sys/kernel/config/tsm/report". `files` and `random` outlive this object.
  [[nodiscard]] static std::expected<std::unique_ptr<TsmPlatform>, std::string> open(Files& files, Random& random,
                                                                                     std::string root);

  [[nodiscard]] attestation::Kind kind() const noexcept override { return kind_; }
  [[nodiscard]] bool hardware() const noexcept override { return true; }
  [[nodiscard]] attestation::Measurement measurement() const noexcept override { return measurement_; }
  [[nodiscard]] Hash256 root() const noexcept override { return root_hash_; }
  [[nodiscard]] std::expected<attestation::Evidence, NoEvidence> attest(const attestation::Claims& claims) override;
  [[nodiscard]] std::optional<crypto::Secret<32>> sealing_key(const Hash256&) const override { return std::nullopt; }
  [[nodiscard]] Random& random() noexcept override { return *random_; }

 private:
  TsmPlatform(Files& files, Random& random, std::string root)
      : files_(&files), random_(&random), root_(std::move(root)) {}
  /// A fresh body that answers `report_data`, of the kind and measurement that this platform has.
  [[nodiscard]] std::expected<Bytes, std::string> body_for(const attestation::ReportData& report_data);
  [[nodiscard]] std::expected<void, std::string> learn();

  Files* files_;
  Random* random_;
  std::string root_;
  attestation::Kind kind_{};
  attestation::Measurement measurement_;
  Hash256 root_hash_;
};

/// The kind of evidence that a provider gives; nothing for one that this build does not know.
[[nodiscard]] std::optional<attestation::Kind> kind_of(std::string_view provider) noexcept;
/// The evidence's body: a TDX quote without the zeros that the kernel pads it with; an SNP report with the certificate
/// table behind it.
[[nodiscard]] Bytes body_of(attestation::Kind kind, const Report& report);

}  // namespace substratee::enclave::platform::tsm
