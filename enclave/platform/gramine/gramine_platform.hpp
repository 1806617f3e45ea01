#pragma once

/// An SGX enclave under Gramine, through its files (Documentation/attestation.rst): attestation_type, my_target_info,
/// user_report_data, quote, keys/_sgx_mrenclave. Gramine is the boundary; one thread, so nobody writes in between.
/// The measurement comes from the CPU (my_target_info); the quote comes through the host and must agree with it.

#include "enclave/platform/files.hpp"
#include "enclave/platform/platform.hpp"

#include <memory>

namespace substratee::enclave::platform::gramine {

enum class Error {
  kNotInSgx,      ///< no attestation_type: gramine-direct, which protects nothing
  kTypeNone,      ///< the manifest asks for no attestation
  kTypeUnknown,   ///< another attestation than DCAP
  kNoTarget,      ///< my_target_info cannot be read or has a wrong size
  kNoQuote,       ///< the platform's quoting service gives no quote
  kForeignQuote,  ///< the quote is not of this enclave, or not for this question
  kNoSealingKey,  ///< keys/_sgx_mrenclave cannot be read or has a wrong size
};
/// One fixed sentence with the next step.
[[nodiscard]] std::string_view to_string(Error error) noexcept;

class GraminePlatform final : public Platform {
 public:
  /// Asks for a first quote, so that a machine without quoting service says so at start. `root`: "/dev/attestation".
  /// `files` and `random` outlive this object.
  [[nodiscard]] static std::expected<std::unique_ptr<GraminePlatform>, Error> open(Files& files, Random& random,
                                                                                   std::string root);

  [[nodiscard]] attestation::Kind kind() const noexcept override { return attestation::Kind::kSgxDcap; }
  [[nodiscard]] bool hardware() const noexcept override { return true; }
  [[nodiscard]] attestation::Measurement measurement() const noexcept override { return measurement_; }
  [[nodiscard]] Hash256 root() const noexcept override { return root_hash_; }
  [[nodiscard]] std::expected<attestation::Evidence, NoEvidence> attest(const attestation::Claims& claims) override;
  [[nodiscard]] std::optional<crypto::Secret<32>> sealing_key(const Hash256& genesis_hash) const override;
  [[nodiscard]] Random& random() noexcept override { return *random_; }

 private:
  GraminePlatform(Files& files, Random& random, std::string root)
      : files_(&files), random_(&random), root_(std::move(root)) {}
  [[nodiscard]] std::expected<void, Error> read_type() const;
  [[nodiscard]] std::expected<void, Error> read_measurement();
  [[nodiscard]] std::expected<void, Error> read_sealing_key();
  [[nodiscard]] std::expected<void, Error> take_first_quote();
  /// kNoQuote, kForeignQuote; `number` is the errno of the former.
  [[nodiscard]] std::expected<Bytes, Error> quote(const attestation::ReportData& report_data, int& number);

  Files* files_;
  Random* random_;
  std::string root_;
  attestation::Measurement measurement_;
  Hash256 root_hash_;
  crypto::Secret<32> sealing_root_;
};

}  // namespace substratee::enclave::platform::gramine
