#include "worker/collateral/refresher.hpp"

#include "core/attestation/dcap/pck_chain.hpp"
#include "core/attestation/snp/product.hpp"
#include "core/attestation/verify.hpp"
#include "core/base/result.hpp"
#include "rpc/collateral/endpoints.hpp"

#include <algorithm>

namespace substratee::worker::collateral {

using attestation::CollateralKind;
using rpc::collateral::Failure;
using rpc::collateral::FailureCode;

namespace {

constexpr UnixSeconds kDay = 24 * 3600;

std::unexpected<Failure> refuse(const CollateralId& id, std::string_view why) {
  return rpc::collateral::fail(FailureCode::kBadAnswer, rpc::collateral::name_of(id) + ": " + std::string(why),
                               "asking again later");
}

bool is_published(const CollateralId& id) {
  if (id.kind == CollateralKind::kSnpCrl) return rpc::collateral::product_of(id.root).has_value();
  return id.root == attestation::dcap::kIntelRoot;
}

}  // namespace

std::vector<CollateralId> ids_for(attestation::Kind kind) {
  using attestation::Kind;
  const auto& intel = attestation::dcap::kIntelRoot;
  if (kind == Kind::kSgxDcap) {
    return {{intel, CollateralKind::kIntelRootCrl, {}}, {intel, CollateralKind::kSgxQeIdentity, {}}};
  }
  if (kind == Kind::kTdx) {
    return {{intel, CollateralKind::kIntelRootCrl, {}}, {intel, CollateralKind::kTdxQeIdentity, {}}};
  }
  return {};
}

attestation::Result<attestation::VerifiedCollateral> verify_under_known_roots(const CollateralItem& item,
                                                                              const CollateralItem* root_crl,
                                                                              UnixSeconds now) {
  namespace snp = attestation::snp;
  static const attestation::TrustAnchors kAnchors{.intel_roots = {attestation::dcap::kIntelRoot},
                                                  .amd_roots = {snp::kMilanRoot, snp::kGenoaRoot, snp::kTurinRoot}};
  return attestation::verify_collateral(item, kAnchors, root_crl, now);
}

void Refresher::want(const CollateralId& id) {
  if (is_published(id)) entries_[id].is_wanted = true;
}

attestation::Result<attestation::VerifiedCollateral> Refresher::check(const CollateralItem& item,
                                                                      UnixSeconds now) const {
  // Which root an item stands under is known after its verification: any list that it could be is tried.
  const CollateralItem* list = nullptr;
  for (const auto& [id, entry] : entries_) {
    if (id.kind == CollateralKind::kIntelRootCrl && entry.held) list = &entry.held->item;
  }
  const bool needs_list = item.kind != CollateralKind::kIntelRootCrl && item.kind != CollateralKind::kSnpCrl;
  return verify_(item, needs_list ? list : nullptr, now);
}

bool Refresher::restore(const CollateralItem& item, UnixSeconds now) {
  const auto verified = check(item, now);
  if (!verified) return false;
  auto& entry = entries_[verified->id];
  if (!entry.held || entry.held->verified.version < verified->version) entry.held = Held{item, *verified};
  return true;
}

std::optional<CollateralId> Refresher::due(UnixSeconds now) const {
  const std::pair<const CollateralId, Entry>* found = nullptr;
  for (const auto& candidate : entries_) {
    const auto& entry = candidate.second;
    if (!entry.is_wanted || entry.next > now) continue;
    // A root's list first: the others are checked against it.
    const bool is_list = candidate.first.kind == CollateralKind::kIntelRootCrl;
    if (found == nullptr || is_list || entry.next < found->second.next) found = &candidate;
    if (is_list) break;
  }
  return found == nullptr ? std::nullopt : std::optional(found->first);
}

UnixSeconds Refresher::next_due() const noexcept {
  auto out = kNever;
  for (const auto& [id, entry] : entries_) {
    if (entry.is_wanted) out = std::min(out, entry.next);
  }
  return out;
}

rpc::collateral::Result<bool> Refresher::judge(const CollateralId& id, const CollateralItem& item, UnixSeconds now) {
  const auto verified = check(item, now);
  if (!verified) return refuse(id, attestation::to_string(verified.error()));
  if (verified->id != id) return refuse(id, "the service gave the item of another platform or kind");
  auto& entry = entries_[id];
  if (entry.held && verified->version < entry.held->verified.version) {
    return refuse(id, "the service gave an older one than is held");
  }
  const bool is_new = !entry.held || entry.held->verified.version < verified->version;
  if (is_new) entry.held = Held{item, *verified};
  return is_new;
}

rpc::collateral::Result<bool> Refresher::take(const CollateralId& id, const CollateralItem& item, UnixSeconds now) {
  auto judged = judge(id, item, now);
  if (!judged) {
    fail(id, judged.error(), now);
    return judged;
  }
  auto& entry = entries_[id];
  entry.failures = 0;
  entry.error.clear();
  entry.next = after_success(entry, now);
  return judged;
}

void Refresher::fail(const CollateralId& id, const Failure& failure, UnixSeconds now) {
  auto& entry = entries_[id];
  entry.error = failure.to_string();
  auto delay = options_.longest_retry;
  if (failure.is_passing()) {
    constexpr int kMostDoublings = 20;
    delay = std::min(options_.longest_retry, options_.first_retry << std::min(entry.failures, kMostDoublings));
  }
  entry.failures = std::min(entry.failures + 1, 1'000'000);
  entry.next = now + std::max<UnixSeconds>(jittered(delay), failure.retry_after.value_or(0));
}

UnixSeconds Refresher::after_success(const Entry& entry, UnixSeconds now) {
  const auto left = entry.held->verified.expires > now ? entry.held->verified.expires - now : 0;
  const auto delay = std::clamp(left / 2, options_.first_retry, std::max(options_.first_retry, options_.interval));
  return now + jittered(delay);
}

UnixSeconds Refresher::jittered(UnixSeconds delay) {
  const auto quarter = delay / 4;
  if (quarter == 0) return delay;
  const auto drawn = random_->draw<8>();
  std::uint64_t number = 0;
  for (const auto byte : drawn) number = number << 8 | byte;
  return delay - quarter + number % (2 * quarter + 1);
}

const Held* Refresher::find(const CollateralId& id) const noexcept {
  const auto found = entries_.find(id);
  return found == entries_.end() || !found->second.held ? nullptr : &*found->second.held;
}

attestation::CollateralSet Refresher::held() const {
  attestation::CollateralSet out;
  for (const auto& [id, entry] : entries_) {
    if (entry.is_wanted && entry.held) out.emplace_back(id, entry.held->item);
  }
  return out;
}

rpc::CollateralHealth Refresher::health(UnixSeconds now) const {
  rpc::CollateralHealth out{.state = "none", .expires = {}, .days_left = {}, .error = {}};
  bool is_missing = false;
  bool is_failing = false;
  for (const auto& [id, entry] : entries_) {
    if (!entry.is_wanted) continue;
    is_missing = is_missing || !entry.held;
    is_failing = is_failing || entry.failures > 0;
    if (entry.failures > 0 && out.error.empty()) out.error = entry.error;
    if (entry.held) out.expires = std::min(out.expires.value_or(kNever), entry.held->verified.expires);
    out.state = "fresh";
  }
  if (out.state == "none") return out;
  if (out.expires) {
    const auto left = static_cast<std::int64_t>(*out.expires) - static_cast<std::int64_t>(now);
    out.days_left = left >= 0 ? left / static_cast<std::int64_t>(kDay) : -1;
  }
  if (is_failing) out.state = "stale";
  if (is_missing) out.state = "missing";
  if (out.expires && *out.expires < now) out.state = "expired";
  return out;
}

}  // namespace substratee::worker::collateral
