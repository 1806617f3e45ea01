#include "core/attestation/x509.hpp"

#include "core/attestation/der.hpp"
#include "core/attestation/spki.hpp"

namespace substratee::attestation::x509 {
namespace {

/// AlgorithmIdentifier of ecdsa-with-SHA256: no parameters (RFC 5758, 3.2).
constexpr std::array<std::uint8_t, 12> kAlgorithm{0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86,
                                                  0x48, 0xce, 0x3d, 0x04, 0x03, 0x02};

/// The place of the only certificate that fits, or nothing.
template <class Fits>
const Certificate* find_only(std::span<const Certificate> certificates, Fits fits) {
  const Certificate* found = nullptr;
  for (const auto& certificate : certificates) {
    if (!fits(certificate)) continue;
    if (found != nullptr) return nullptr;
    found = &certificate;
  }
  return found;
}

const Certificate* find_issued_by(std::span<const Certificate> certificates, const Certificate& issuer) {
  return find_only(certificates, [&](const Certificate& certificate) {
    return !certificate.is_self_issued() && std::ranges::equal(certificate.issuer, issuer.subject);
  });
}

bool may_sign_data(const Certificate& certificate) noexcept {
  return !certificate.ca && (certificate.key_usage.value_or(0) & kDigitalSignature) != 0;
}

}  // namespace

Result<Certificate> parse(ByteView der) {
  Certificate out{SUBSTRATEE_TRY(parse_outline(der)), {}, {}};
  if (!std::ranges::equal(out.algorithm, kAlgorithm)) return std::unexpected(Error::kBadCertificate);
  out.key = SUBSTRATEE_TRY(p256_key_from_spki(out.spki));
  out.signature = SUBSTRATEE_TRY(der::read_signature(out.signature_octets));
  return out;
}

Result<void> verify_signature(const Certificate& certificate, const crypto::p256::PublicKey& key) noexcept {
  if (!crypto::p256::verify(key, certificate.tbs, certificate.signature)) {
    return std::unexpected(Error::kBadCertificateSignature);
  }
  return {};
}

Result<Chain> order_chain(std::span<const Certificate> certificates) {
  const auto broken = std::unexpected(Error::kBadChain);
  if (certificates.size() != 3) return broken;
  const auto* root = find_only(certificates, [](const Certificate& c) { return c.is_self_issued(); });
  if (root == nullptr) return broken;
  const auto* ca = find_issued_by(certificates, *root);
  if (ca == nullptr) return broken;
  const auto* leaf = find_issued_by(certificates, *ca);
  if (leaf == nullptr) return broken;
  if (!root->may_issue(1) || !ca->may_issue(0) || !may_sign_data(*leaf)) return broken;
  return Chain{*leaf, *ca, *root, hash_of_spki(root->spki),
               std::min({leaf->not_after, ca->not_after, root->not_after})};
}

Result<void> verify_chain(const Chain& chain, std::span<const Hash256> pins, UnixSeconds now) noexcept {
  if (std::ranges::find(pins, chain.root_hash) == pins.end()) return std::unexpected(Error::kUnknownRoot);
  for (const auto* certificate : {&chain.root, &chain.ca, &chain.leaf}) {
    SUBSTRATEE_TRY(verify_validity(*certificate, now));
  }
  SUBSTRATEE_TRY(verify_signature(chain.root, chain.root.key));
  SUBSTRATEE_TRY(verify_signature(chain.ca, chain.root.key));
  return verify_signature(chain.leaf, chain.ca.key);
}

}  // namespace substratee::attestation::x509
