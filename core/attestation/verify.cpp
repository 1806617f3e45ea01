#include "core/attestation/verify.hpp"

#include "core/attestation/collateral_store.hpp"
#include "core/attestation/dcap/authenticate.hpp"
#include "core/attestation/ias/authenticate.hpp"
#include "core/attestation/snp/authenticate.hpp"

#include <deque>

namespace substratee::attestation {
namespace {

/// Opens an item of the set when it is asked for.
class SetSource final : public dcap::CollateralSource {
 public:
  SetSource(const CollateralSet& set, const TrustAnchors& anchors, x509::KnownCertificates& known) noexcept
      : set_(set), anchors_(anchors), known_(known) {}

  Result<const dcap::OpenedCollateral*> find(const CollateralId& id) override {
    const auto found = std::ranges::find(set_, id, &CollateralSet::value_type::first);
    if (found == set_.end()) return nullptr;
    return &opened_.emplace_back(SUBSTRATEE_TRY(dcap::open_collateral(found->second, anchors_, known_)));
  }

 private:
  const CollateralSet& set_;
  const TrustAnchors& anchors_;
  x509::KnownCertificates& known_;
  std::deque<dcap::OpenedCollateral> opened_;
};

class StoreSource final : public dcap::CollateralSource {
 public:
  explicit StoreSource(const CollateralStore& store) noexcept : store_(store) {}
  Result<const dcap::OpenedCollateral*> find(const CollateralId& id) override { return store_.find(id); }

 private:
  const CollateralStore& store_;
};

}  // namespace

Result<AuthenticEvidence> authenticate(Kind kind, ByteView body, const CollateralSet& collateral,
                                       const TrustAnchors& anchors, UnixSeconds now, const VerifyOptions& options) {
  switch (kind) {
    case Kind::kSimulated:
    case Kind::kSgxDcap:
    case Kind::kTdx: {
      x509::KnownCertificates known;
      SetSource source(collateral, anchors, known);
      return dcap::authenticate(kind, body, source, known, anchors, now, options);
    }
    case Kind::kSevSnp: return snp::authenticate(body, collateral, anchors, now, options);
    case Kind::kIas: return ias::authenticate(body, anchors, now);
  }
  return std::unexpected(Error::kUnsupportedEvidence);
}

Result<AuthenticEvidence> authenticate(Kind kind, ByteView body, const CollateralStore& collateral, UnixSeconds now,
                                       const VerifyOptions& options) {
  if (kind != Kind::kSimulated && kind != Kind::kSgxDcap && kind != Kind::kTdx) {
    return authenticate(kind, body, collateral.snp_lists(), collateral.anchors(), now, options);
  }
  x509::KnownCertificates known(&collateral.known());
  StoreSource source(collateral);
  return dcap::authenticate(kind, body, source, known, collateral.anchors(), now, options);
}

Result<VerifiedEvidence> verify(const Evidence& evidence, const CollateralSet& collateral, const TrustAnchors& anchors,
                                UnixSeconds now, const VerifyOptions& options) {
  auto authentic = SUBSTRATEE_TRY(authenticate(evidence.kind, evidence.body.value, collateral, anchors, now, options));
  if (authentic.report_data != report_data_for(evidence.claims.value)) {
    return std::unexpected(Error::kReportDataMismatch);
  }
  const auto claims = SUBSTRATEE_TRY(decode_claims(evidence.claims.value));
  return VerifiedEvidence{std::move(authentic), claims.pubkey_hash, claims.substratee};
}

}  // namespace substratee::attestation
