#include "core/attestation/snp/chain.hpp"

#include "core/attestation/crl.hpp"
#include "core/attestation/name.hpp"
#include "core/attestation/pem.hpp"
#include "core/attestation/spki.hpp"
#include "core/attestation/x509_signed.hpp"

#include <string>

namespace substratee::attestation::snp {
namespace {

constexpr x509::Form kForm{.zero_serial = true, .loose_usage = true};

Result<x509::Outline> parse(ByteView der) {
  if (der.empty()) return std::unexpected(Error::kMissingCertificate);
  return x509::parse_outline(der, kForm);
}

std::string ca_name(Product product, SigningKey kind) {
  return std::string(kind == SigningKey::kVcek ? "SEV-" : "SEV-VLEK-") + std::string(to_string(product));
}

/// "ARK-Milan" and so on.
Result<Product> product_of_root(const x509::Outline& root) {
  const auto name = x509::common_name(root.subject);
  for (const auto product : kProducts) {
    if (name == "ARK-" + std::string(to_string(product))) return product;
  }
  return std::unexpected(Error::kBadChain);
}

/// Every certificate's name says which place it has; a chain for the other kind of key is told apart from a broken one.
Result<void> check_names(const Chain& chain, SigningKey kind) {
  const auto other = kind == SigningKey::kVcek ? SigningKey::kVlek : SigningKey::kVcek;
  const auto leaf = x509::common_name(chain.leaf.subject);
  const auto ca = x509::common_name(chain.ca.subject);
  const auto leaf_name = [](SigningKey key) { return key == SigningKey::kVcek ? "SEV-VCEK" : "SEV-VLEK"; };
  const auto is_ca = [&](SigningKey key) {
    return std::ranges::any_of(kProducts, [&](Product product) { return ca == ca_name(product, key); });
  };
  if (leaf == leaf_name(other) || is_ca(other)) return std::unexpected(Error::kWrongSigningKey);
  if (leaf != leaf_name(kind) || !is_ca(kind)) return std::unexpected(Error::kBadChain);
  if (ca != ca_name(chain.product, kind)) return std::unexpected(Error::kProductMismatch);
  return {};
}

Result<void> check_links(const Chain& chain) {
  const auto linked = std::ranges::equal(chain.leaf.issuer, chain.ca.subject) &&
                      std::ranges::equal(chain.ca.issuer, chain.root.subject) && chain.root.is_self_issued();
  const auto leaf_may_sign = chain.leaf.key_usage.value_or(x509::kDigitalSignature) & x509::kDigitalSignature;
  if (!linked || !chain.root.may_issue(1) || !chain.ca.may_issue(0) || chain.leaf.ca || leaf_may_sign == 0) {
    return std::unexpected(Error::kBadChain);
  }
  return {};
}

Result<void> check_signatures(const Chain& chain) {
  SUBSTRATEE_TRY(x509::verify_pss(x509::signed_part(chain.root), chain.root.spki));
  SUBSTRATEE_TRY(x509::verify_pss(x509::signed_part(chain.ca), chain.root.spki));
  return x509::verify_pss(x509::signed_part(chain.leaf), chain.ca.spki);
}

bool is_pinned(std::span<const Hash256> pins, const Hash256& root) {
  return std::ranges::find(pins, root) != pins.end();
}

/// Form and signature.
Result<x509::Crl> open_crl(ByteView der, const x509::Outline& root) {
  const auto crl = SUBSTRATEE_TRY(x509::parse_crl(der));
  if (!std::ranges::equal(crl.issuer, root.subject) || (root.key_usage.value_or(0) & x509::kCrlSign) == 0) {
    return std::unexpected(Error::kCrlIssuerMismatch);
  }
  SUBSTRATEE_TRY_OR(Error::kBadCrlSignature, x509::verify_pss({crl.algorithm, crl.tbs, crl.signature}, root.spki));
  return crl;
}

Result<void> check_dates(UnixSeconds issued, UnixSeconds next_update, UnixSeconds now, UnixSeconds grace) noexcept {
  if (now < issued) return std::unexpected(Error::kCollateralNotYetValid);
  if (now > next_update && now - next_update > grace) return std::unexpected(Error::kCollateralExpired);
  return {};
}

Result<Bytes> read_only_certificate(ByteView pem) {
  auto bundle = SUBSTRATEE_TRY(pem::read_certificates(pem));
  if (bundle.size() != 1) return std::unexpected(Error::kBadChain);
  return std::move(bundle[0]);
}

}  // namespace

Result<Chain> verify_chain(const CertificateTable& certificates, SigningKey kind, std::span<const Hash256> pins,
                           UnixSeconds now) {
  const auto& leaf = kind == SigningKey::kVcek ? certificates.vcek : certificates.vlek;
  Chain chain{SUBSTRATEE_TRY(parse(leaf)),
              SUBSTRATEE_TRY(parse(certificates.ask)),
              SUBSTRATEE_TRY(parse(certificates.ark)),
              {},
              {},
              {}};
  chain.root_hash = hash_of_spki(chain.root.spki);
  chain.product = SUBSTRATEE_TRY(product_of_root(chain.root));
  SUBSTRATEE_TRY(check_names(chain, kind));
  SUBSTRATEE_TRY(check_links(chain));
  if (!is_pinned(pins, chain.root_hash)) return std::unexpected(Error::kUnknownRoot);
  for (const auto* certificate : {&chain.root, &chain.ca, &chain.leaf}) {
    SUBSTRATEE_TRY(x509::verify_validity(*certificate, now));
  }
  SUBSTRATEE_TRY(check_signatures(chain));
  chain.valid_until = std::min({chain.leaf.not_after, chain.ca.not_after, chain.root.not_after});
  return chain;
}

Result<Hash256> root_of(const CertificateTable& certificates) {
  return hash_of_spki(SUBSTRATEE_TRY(parse(certificates.ark)).spki);
}

Result<CrlVerdict> verify_crl(ByteView der, const x509::Outline& root, ByteView ca_serial, UnixSeconds now,
                              UnixSeconds grace) {
  const auto crl = SUBSTRATEE_TRY(open_crl(der, root));
  SUBSTRATEE_TRY(check_dates(crl.this_update, crl.next_update, now, grace));
  const auto serials = x509::serials_of(crl);
  if (std::ranges::binary_search(serials, x509::to_serial(ca_serial))) return std::unexpected(Error::kCaRevoked);
  return CrlVerdict{{0, crl.this_update, crl.number}, crl.next_update};
}

Result<CollateralId> read_crl_id(const CollateralItem& item) {
  const auto der = SUBSTRATEE_TRY(read_only_certificate(item.issuer_chain.value));
  const auto root = SUBSTRATEE_TRY(parse(der));
  return CollateralId{hash_of_spki(root.spki), CollateralKind::kSnpCrl, {}};
}

Result<OpenedCrl> open_crl_item(const CollateralItem& item, std::span<const Hash256> pins) {
  const auto der = SUBSTRATEE_TRY(read_only_certificate(item.issuer_chain.value));
  const auto root = SUBSTRATEE_TRY(parse(der));
  SUBSTRATEE_TRY(product_of_root(root));
  if (!root.is_self_issued() || !root.may_issue(1)) return std::unexpected(Error::kBadChain);
  const auto root_hash = hash_of_spki(root.spki);
  if (!is_pinned(pins, root_hash)) return std::unexpected(Error::kUnknownRoot);
  SUBSTRATEE_TRY(x509::verify_pss(x509::signed_part(root), root.spki));
  const auto crl = SUBSTRATEE_TRY(open_crl(item.body.value, root));
  return OpenedCrl{{root_hash, CollateralKind::kSnpCrl, {}},
                   {0, crl.this_update, crl.number},
                   crl.next_update,
                   root.not_before,
                   root.not_after};
}

Result<VerifiedCollateral> verify_crl_item(const CollateralItem& item, std::span<const Hash256> pins, UnixSeconds now) {
  const auto opened = SUBSTRATEE_TRY(open_crl_item(item, pins));
  if (now < opened.root_from) return std::unexpected(Error::kNotYetValid);
  if (now > opened.root_until) return std::unexpected(Error::kExpired);
  SUBSTRATEE_TRY(check_dates(opened.version.issued, opened.next_update, now, 0));
  return VerifiedCollateral{opened.id, opened.version, std::min(opened.next_update, opened.root_until)};
}

}  // namespace substratee::attestation::snp
