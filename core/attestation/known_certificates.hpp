#pragma once

/// Certificates whose signature was already found to hold, so that a root or a CA that stands in several chains is
/// verified once.

#include "core/attestation/x509.hpp"

namespace substratee::attestation::x509 {

class KnownCertificates {
 public:
  /// `more`: known ones besides, which must outlive this.
  explicit KnownCertificates(const KnownCertificates* more = nullptr) noexcept : more_(more) {}

  /// kBadCertificateSignature unless `issuer` signed it.
  [[nodiscard]] Result<void> verify(const Certificate& certificate, const crypto::p256::PublicKey& issuer);

 private:
  /// Beyond that many nothing more is remembered.
  static constexpr std::size_t kMaxKnown = 64;

  [[nodiscard]] bool knows(const Hash256& id) const noexcept;

  const KnownCertificates* more_;
  std::vector<Hash256> known_;  ///< SHA-256(issuer's key ‖ signature ‖ signed part)
};

}  // namespace substratee::attestation::x509
