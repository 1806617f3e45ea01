#include "core/attestation/known_certificates.hpp"

#include "core/crypto/hash.hpp"

namespace substratee::attestation::x509 {
namespace {

Hash256 id_of(const Certificate& certificate, const crypto::p256::PublicKey& issuer) noexcept {
  crypto::Sha256 hash;
  hash.update(issuer.bytes);
  hash.update(certificate.signature.bytes);
  hash.update(certificate.tbs);
  return hash.finish();
}

}  // namespace

Result<void> KnownCertificates::verify(const Certificate& certificate, const crypto::p256::PublicKey& issuer) {
  const auto id = id_of(certificate, issuer);
  if (knows(id)) return {};
  SUBSTRATEE_TRY(verify_signature(certificate, issuer));
  if (known_.size() < kMaxKnown) known_.push_back(id);
  return {};
}

bool KnownCertificates::knows(const Hash256& id) const noexcept {
  return std::ranges::find(known_, id) != known_.end() || (more_ != nullptr && more_->knows(id));
}

}  // namespace substratee::attestation::x509
