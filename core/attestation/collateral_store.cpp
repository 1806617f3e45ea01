#include "core/attestation/collateral_store.hpp"

namespace substratee::attestation {

Result<CollateralId> CollateralStore::add(const CollateralItem& item) {
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

const dcap::OpenedCollateral* CollateralStore::find(const CollateralId& id) const noexcept {
  const auto place = std::ranges::find(items_, id, &dcap::OpenedCollateral::id);
  return place == items_.end() ? nullptr : &*place;
}

}  // namespace substratee::attestation
