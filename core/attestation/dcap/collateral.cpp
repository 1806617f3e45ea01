#include "core/attestation/dcap/collateral.hpp"

#include "core/attestation/pem.hpp"
#include "core/attestation/spki.hpp"

namespace substratee::attestation::dcap {
namespace {

bool lists(std::span<const Hash256> roots, const Hash256& root) noexcept {
  return std::ranges::find(roots, root) != roots.end();
}

/// The certificates above an item: signer and root, or the root alone. Views point into `der`.
struct Issuers {
  std::vector<Bytes> der;
  std::optional<x509::Certificate> signer;
  x509::Certificate root;
  Hash256 root_hash;

  [[nodiscard]] const x509::Certificate& nearest() const noexcept { return signer ? *signer : root; }
};

bool is_self_issued(const x509::Certificate& certificate) noexcept {
  return std::ranges::equal(certificate.issuer, certificate.subject);
}

bool has_usage(const x509::Certificate& certificate, std::uint16_t bit) noexcept {
  return (certificate.key_usage.value_or(0) & bit) != 0;
}

/// One or two certificates in any order: a self-issued CA, and one that names it as its issuer.
Result<Issuers> read_issuers(ByteView chain) {
  const auto broken = std::unexpected(Error::kBadChain);
  Issuers out;
  out.der = SUBSTRATEE_TRY(pem::read_certificates(chain));
  if (out.der.size() > 2) return broken;
  auto first = SUBSTRATEE_TRY(x509::parse(out.der.front()));
  if (out.der.size() == 1) {
    out.root = std::move(first);
  } else {
    auto second = SUBSTRATEE_TRY(x509::parse(out.der.back()));
    const bool root_first = is_self_issued(first);
    out.root = std::move(root_first ? first : second);
    out.signer = std::move(root_first ? second : first);
    if (is_self_issued(*out.signer) || !std::ranges::equal(out.signer->issuer, out.root.subject)) return broken;
  }
  if (!is_self_issued(out.root) || !out.root.ca || !has_usage(out.root, x509::kKeyCertSign)) return broken;
  out.root_hash = hash_of_spki(out.root.spki);
  return out;
}

/// The same, under a root that counts.
Result<Issuers> read_issuers_under(ByteView chain, const TrustAnchors& anchors) {
  auto out = SUBSTRATEE_TRY(read_issuers(chain));
  if (!lists(anchors.intel_roots, out.root_hash) && !lists(anchors.simulation_roots, out.root_hash)) {
    return std::unexpected(Error::kUnknownRoot);
  }
  return out;
}

Result<void> verify_signatures(const Issuers& issuers, x509::KnownCertificates& known) {
  SUBSTRATEE_TRY(known.verify(issuers.root, issuers.root.key));
  if (issuers.signer) return known.verify(*issuers.signer, issuers.root.key);
  return {};
}

/// A certificate for TCB data, directly under the root. A CA under the same root, or whatever such a CA issued, is not.
Result<void> check_tcb_signer(const Issuers& issuers, const TrustAnchors& anchors) noexcept {
  const auto name = lists(anchors.intel_roots, issuers.root_hash) ? kTcbSignerName : kSimulatedTcbSignerName;
  if (!issuers.signer || issuers.signer->ca || !has_usage(*issuers.signer, x509::kDigitalSignature) ||
      x509::common_name(issuers.signer->subject) != name) {
    return std::unexpected(Error::kBadTcbSigner);
  }
  return {};
}

/// {"<name>": <value>, "signature": "<128 lower-case digits>"} and nothing else, in any order.
struct SignedValue {
  std::string_view value;
  std::string_view signature;
};

Result<SignedValue> read_signed(ByteView body, std::string_view name) {
  SignedValue out;
  json::Reader in(body);
  SUBSTRATEE_TRY(in.object([&](std::string_view member, json::Reader& value) -> Result<void> {
    if (member == name) {
      out.value = SUBSTRATEE_TRY(value.skip());
    } else if (member == "signature") {
      out.signature = SUBSTRATEE_TRY(value.string());
    } else {
      return std::unexpected(Error::kBadJson);
    }
    return {};
  }));
  SUBSTRATEE_TRY(in.finish());
  if (out.value.empty() || out.signature.empty()) return std::unexpected(Error::kBadJson);
  return out;
}

bool verify_signed(const SignedValue& document, const crypto::p256::PublicKey& key) {
  const auto signature = fixed_from_hex<64>(document.signature);
  return signature && to_hex(signature->bytes) == document.signature &&
         crypto::p256::verify(key, as_bytes(document.value), *signature);
}

void put_dates(OpenedCollateral& out, const Issuers& issuers, UnixSeconds issued, UnixSeconds next_update) {
  const auto& nearest = issuers.nearest();
  out.id.root = issuers.root_hash;
  out.version.issued = issued;
  out.next_update = next_update;
  out.certificates_from = std::max(nearest.not_before, issuers.root.not_before);
  out.certificates_until = std::min(nearest.not_after, issuers.root.not_after);
  out.signer = x509::to_serial(nearest.serial);
  out.signer_key = nearest.key;
  out.signer_name = to_bytes(nearest.subject);
  out.signed_by_root = !issuers.signer;
}

Result<OpenedCollateral> open_tcb_info(const CollateralItem& item, const TrustAnchors& anchors,
                                       x509::KnownCertificates& known) {
  const auto document = SUBSTRATEE_TRY(read_signed(item.body.value, "tcbInfo"));
  const auto issuers = SUBSTRATEE_TRY(read_issuers_under(item.issuer_chain.value, anchors));
  SUBSTRATEE_TRY(check_tcb_signer(issuers, anchors));
  SUBSTRATEE_TRY(verify_signatures(issuers, known));
  if (!verify_signed(document, issuers.signer->key)) return std::unexpected(Error::kBadTcbInfoSignature);
  auto info = SUBSTRATEE_TRY(parse_tcb_info(document.value));
  if (info.tdx != (item.kind == CollateralKind::kTdxTcbInfo)) return std::unexpected(Error::kWrongTcbInfo);
  OpenedCollateral out;
  put_dates(out, issuers, info.issued, info.next_update);
  out.id.kind = item.kind;
  out.id.fmspc = info.fmspc;
  out.version.evaluation_number = info.evaluation_number;
  out.content = std::move(info);
  return out;
}

Result<OpenedCollateral> open_qe_identity(const CollateralItem& item, const TrustAnchors& anchors,
                                          x509::KnownCertificates& known) {
  const auto document = SUBSTRATEE_TRY(read_signed(item.body.value, "enclaveIdentity"));
  const auto issuers = SUBSTRATEE_TRY(read_issuers_under(item.issuer_chain.value, anchors));
  SUBSTRATEE_TRY(check_tcb_signer(issuers, anchors));
  SUBSTRATEE_TRY(verify_signatures(issuers, known));
  if (!verify_signed(document, issuers.signer->key)) return std::unexpected(Error::kBadQeIdentitySignature);
  auto identity = SUBSTRATEE_TRY(parse_qe_identity(document.value));
  if (identity.tdx != (item.kind == CollateralKind::kTdxQeIdentity)) return std::unexpected(Error::kWrongQeIdentity);
  OpenedCollateral out;
  put_dates(out, issuers, identity.issued, identity.next_update);
  out.id.kind = item.kind;
  out.version.evaluation_number = identity.evaluation_number;
  out.content = std::move(identity);
  return out;
}

/// Who may issue a list of this kind: the root itself, or the CA of that name directly under it. A simulation root has
/// one CA, whose list counts as that of processors.
Result<void> check_list_issuer(CollateralKind kind, const Issuers& issuers, const TrustAnchors& anchors) noexcept {
  const auto mismatch = std::unexpected(Error::kCrlIssuerMismatch);
  if (!has_usage(issuers.nearest(), x509::kCrlSign)) return mismatch;
  if (kind == CollateralKind::kIntelRootCrl) return issuers.signer ? mismatch : Result<void>{};
  if (!issuers.signer || !issuers.signer->ca) return mismatch;
  if (!lists(anchors.intel_roots, issuers.root_hash)) {
    return kind == CollateralKind::kPckProcessorCrl ? Result<void>{} : mismatch;
  }
  const auto name = kind == CollateralKind::kPckProcessorCrl ? kProcessorCaName : kPlatformCaName;
  if (x509::common_name(issuers.signer->subject) != name) return mismatch;
  return {};
}

Result<OpenedCollateral> open_list(const CollateralItem& item, const TrustAnchors& anchors,
                                   x509::KnownCertificates& known) {
  const auto crl = SUBSTRATEE_TRY(x509::parse_crl(item.body.value));
  const auto issuers = SUBSTRATEE_TRY(read_issuers_under(item.issuer_chain.value, anchors));
  SUBSTRATEE_TRY(check_list_issuer(item.kind, issuers, anchors));
  SUBSTRATEE_TRY(verify_signatures(issuers, known));
  if (!std::ranges::equal(crl.issuer, issuers.nearest().subject)) return std::unexpected(Error::kCrlIssuerMismatch);
  SUBSTRATEE_TRY(x509::verify_signature(crl, issuers.nearest().key));
  OpenedCollateral out;
  put_dates(out, issuers, crl.this_update, crl.next_update);
  out.id.kind = item.kind;
  out.version.crl_number = crl.number;
  out.content = RevocationList{x509::serials_of(crl)};
  return out;
}

}  // namespace

bool RevocationList::lists(const x509::Serial& serial) const noexcept {
  return std::ranges::binary_search(serials, serial);
}

Result<OpenedCollateral> open_collateral(const CollateralItem& item, const TrustAnchors& anchors,
                                         x509::KnownCertificates& known) {
  if (item.body.value.size() > kMaxCollateralSize || item.issuer_chain.value.size() > kMaxIssuerChainSize) {
    return std::unexpected(Error::kTooLarge);
  }
  switch (item.kind) {
    case CollateralKind::kSgxTcbInfo:
    case CollateralKind::kTdxTcbInfo: return open_tcb_info(item, anchors, known);
    case CollateralKind::kSgxQeIdentity:
    case CollateralKind::kTdxQeIdentity: return open_qe_identity(item, anchors, known);
    case CollateralKind::kPckProcessorCrl:
    case CollateralKind::kPckPlatformCrl:
    case CollateralKind::kIntelRootCrl: return open_list(item, anchors, known);
    case CollateralKind::kSnpCrl: break;
  }
  return std::unexpected(Error::kUnsupportedEvidence);
}

Result<void> check_dates(const OpenedCollateral& item, UnixSeconds now, UnixSeconds grace) noexcept {
  if (now < item.certificates_from) return std::unexpected(Error::kNotYetValid);
  if (now > item.certificates_until) return std::unexpected(Error::kExpired);
  if (now < item.version.issued) return std::unexpected(Error::kCollateralNotYetValid);
  if (now > end_of(item, grace)) return std::unexpected(Error::kCollateralExpired);
  return {};
}

UnixSeconds end_of(const OpenedCollateral& item, UnixSeconds grace) noexcept {
  const auto end = item.next_update > UINT64_MAX - grace ? UINT64_MAX : item.next_update + grace;
  return std::min(end, item.certificates_until);
}

Result<void> check_signer(const OpenedCollateral& item, const RevocationList& root_list) noexcept {
  if (item.signed_by_root || !root_list.lists(item.signer)) return {};
  const bool ca = std::holds_alternative<RevocationList>(item.content);
  return std::unexpected(ca ? Error::kCaRevoked : Error::kTcbSignerRevoked);
}

Result<CollateralId> read_id(const CollateralItem& item) {
  const auto issuers = SUBSTRATEE_TRY(read_issuers(item.issuer_chain.value));
  CollateralId id{issuers.root_hash, item.kind, {}};
  if (item.kind != CollateralKind::kSgxTcbInfo && item.kind != CollateralKind::kTdxTcbInfo) return id;
  const auto document = SUBSTRATEE_TRY(read_signed(item.body.value, "tcbInfo"));
  bool found = false;
  json::Reader in(document.value);
  SUBSTRATEE_TRY(in.object([&](std::string_view name, json::Reader& value) -> Result<void> {
    found = found || name == "fmspc";
    if (name == "fmspc") {
      id.fmspc = SUBSTRATEE_TRY(read_hex<6>(value));
    } else {
      SUBSTRATEE_TRY(value.skip());
    }
    return {};
  }));
  if (!found) return std::unexpected(Error::kBadTcbInfo);
  return id;
}

}  // namespace substratee::attestation::dcap
