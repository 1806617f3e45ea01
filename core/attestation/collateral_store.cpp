#include "core/attestation/collateral_store.hpp"

#include "core/attestation/snp/chain.hpp"

namespace substratee::attestation {

Result<CollateralId> CollateralStore::add(const CollateralItem& item) {
  if (item.kind == CollateralKind::kSnpCrl) return add_snp_list(item);
  auto opened = SUBSTRATEE_TRY(dcap::open_collateral(item, anchors_, known_));
  const auto id = opened.id;
  const auto place = std::ranges::find(items_, id, &dcap::OpenedCollateral::id);
  if (place != items_.end()) {
    if (place->version < opened.version) *place = std::move(opened);
    return id;
  }
  if (items_.size() == kMaxItems) return std::unexpected(Error::kTooLarge);
  items_.push_back(std::move(opened));
  return id;
}

/// At most one per root of AMD that is trusted.
Result<CollateralId> CollateralStore::add_snp_list(const CollateralItem& item) {
  const auto fresh = SUBSTRATEE_TRY(snp::open_crl_item(item, anchors_.amd_roots));
  const auto place = std::ranges::find(snp_lists_, fresh.id, &CollateralSet::value_type::first);
  if (place == snp_lists_.end()) {
    snp_lists_.emplace_back(fresh.id, item);
    return fresh.id;
  }
  const auto kept = SUBSTRATEE_TRY(snp::open_crl_item(place->second, anchors_.amd_roots));
  if (kept.version < fresh.version) place->second = item;
  return fresh.id;
}

const dcap::OpenedCollateral* CollateralStore::find(const CollateralId& id) const noexcept {
  const auto place = std::ranges::find(items_, id, &dcap::OpenedCollateral::id);
  return place == items_.end() ? nullptr : &*place;
}

}  // namespace substratee::attestation
