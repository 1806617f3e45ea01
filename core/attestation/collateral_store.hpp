#pragma once

/// Collateral whose signatures were verified once, for verifying many quotes. Dates are looked at
/// each time that it is used. Safe to read from many threads; changes want the store for themselves.

#include "core/attestation/dcap/collateral.hpp"

namespace substratee::attestation {

class CollateralStore {
 public:
  static constexpr std::size_t kMaxItems = 256;

  explicit CollateralStore(TrustAnchors anchors) : anchors_(std::move(anchors)) {}

  /// Verifies the item's signatures and keeps it, unless what is there under its id is newer or the same. Its dates are
  /// not looked at. kTooLarge beyond kMaxItems ids.
  [[nodiscard]] Result<CollateralId> add(const CollateralItem& item);

  [[nodiscard]] const TrustAnchors& anchors() const noexcept { return anchors_; }
  [[nodiscard]] const dcap::OpenedCollateral* find(const CollateralId& id) const noexcept;
  /// AMD's revocation lists; each is small and verified again when it is used.
  [[nodiscard]] const CollateralSet& snp_lists() const noexcept { return snp_lists_; }
  /// Certificates that stand above what is here.
  [[nodiscard]] const x509::KnownCertificates& known() const noexcept { return known_; }

 private:
  [[nodiscard]] Result<CollateralId> add_snp_list(const CollateralItem& item);

  TrustAnchors anchors_;
  x509::KnownCertificates known_;
  std::vector<dcap::OpenedCollateral> items_;
  CollateralSet snp_lists_;
};

}  // namespace substratee::attestation
