#include "worker/driver/registrar.hpp"

#include "core/primitives/extrinsic.hpp"
#include "core/registry/calls.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace substratee::worker::driver {
namespace {

using attestation::CollateralId;
using chain_follower::Purpose;
using chain_follower::Registration;

constexpr std::uint64_t kMillisPerHour = 3'600'000;

/// The evidence in a registration that the enclave composed.
std::optional<attestation::Evidence> evidence_in(ByteView extrinsic) {
  const auto decoded = primitives::decode_extrinsic(extrinsic);
  if (!decoded || decoded->call.empty() || decoded->call[0] != registry::kRegistryIndex) return std::nullopt;
  auto call = scale::decode<registry::RegistryCall>(ByteView(decoded->call).subspan(1));
  if (!call) return std::nullopt;
  auto* registration = std::get_if<registry::RegisterEnclave>(&*call);
  if (registration == nullptr) return std::nullopt;
  return std::move(registration->evidence);
}

/// The chain holds signers against the root's list: that one must be in before the others.
std::vector<CollateralId> roots_first(std::vector<CollateralId> ids) {
  std::ranges::sort(ids, {}, [](const auto& id) {
    return std::pair(id.kind != attestation::CollateralKind::kIntelRootCrl, id.kind);
  });
  return ids;
}

std::optional<std::vector<CollateralId>> needs_of(ByteView extrinsic) {
  const auto evidence = evidence_in(extrinsic);
  if (!evidence) return std::nullopt;
  const auto needs = attestation::collateral_needs(*evidence);
  if (!needs) return std::nullopt;
  std::vector<CollateralId> out;
  for (const auto& need : *needs) out.push_back(need.id);
  return roots_first(std::move(out));
}

/// Somebody else was faster, or has newer: all the better.
bool is_harmless(std::string_view error) {
  return error.ends_with(registry::to_string(registry::Error::kSameCollateral)) ||
         error.ends_with(registry::to_string(registry::Error::kOlderCollateral));
}

std::string hours(std::uint64_t milliseconds) {
  return fmt::format("{}.{} h", milliseconds / kMillisPerHour, milliseconds % kMillisPerHour * 10 / kMillisPerHour);
}

}  // namespace

bool is_renewal_due(const Registration& registration) noexcept {
  if (registration.now >= registration.valid_until) return true;
  const auto lasts = registration.valid_until - std::min(registration.valid_until, registration.attested_at);
  return registration.now >= registration.attested_at + lasts / 3 * 2;
}

Result<protocol::Extrinsic> Registrar::compose(const AccountId& self) {
  const auto hints = SUBSTRATEE_TRY(ports_.chain.hints(self));
  auto extrinsic = SUBSTRATEE_TRY(ports_.conversation.ask_for<protocol::Extrinsic>(
      protocol::ComposeRegistration{{urls_.worker}, {urls_.provisioning}, hints}));
  if (!needs_) needs_ = needs_of(extrinsic.wire);
  return extrinsic;
}

Result<void> Registrar::submit_registration(const AccountId& self, BlockNumber head) {
  const auto extrinsic = SUBSTRATEE_TRY(compose(self));
  return ports_.submissions.send(Purpose::kRegistration, 0, extrinsic, head);
}

Result<void> Registrar::register_enclave(const AccountId& self, BlockNumber head, Millis now) {
  now_ = now;
  if (ports_.submissions.has(Purpose::kRegistration)) return {};
  // What evidence rests on is known from evidence, and must stand on the chain before it.
  if (!needs_ && ports_.find_collateral) SUBSTRATEE_TRY(compose(self));
  SUBSTRATEE_TRY(bring_collateral(self, head, now));
  SUBSTRATEE_TRY(submit_registration(self, head));
  is_renewal_ = false;
  valid_until_.reset();
  look_at_ = Millis{0};
  ports_.report.info(fmt::format("Registering at {} and {}", urls_.worker, urls_.provisioning));
  return {};
}

Result<void> Registrar::keep(const AccountId& self, BlockNumber head, Millis now) {
  now_ = now;
  if (now < look_at_) return {};
  look_at_ = now + kLookEvery;
  const auto registration = SUBSTRATEE_TRY(ports_.chain.registration(self));
  if (!registration) return {};
  valid_until_ = registration->valid_until;
  if (!needs_) needs_ = roots_first(registration->collateral);
  SUBSTRATEE_TRY(bring_collateral(self, head, now));
  if (!is_renewal_due(*registration) || now < renew_at_ || ports_.submissions.has(Purpose::kRegistration)) return {};
  SUBSTRATEE_TRY(submit_registration(self, head));
  is_renewal_ = true;
  if (registration->now < registration->valid_until) {
    ports_.report.info(fmt::format("Attesting anew: the registration lasts {} more",
                                   hours(registration->valid_until - registration->now)));
  } else if (!std::exchange(is_lapse_said_, true)) {
    ports_.report.warn(
        "The registration has lapsed: this worker neither joins nor provides, and confirms only for the policy's "
        "grace; attesting anew");
  }
  return {};
}

Result<void> Registrar::bring_collateral(const AccountId& self, BlockNumber head, Millis now) {
  if (!ports_.find_collateral || !needs_ || now < collateral_at_) return {};
  for (const auto& id : *needs_) SUBSTRATEE_TRY(bring(self, head, id));
  collateral_at_ = now + kCollateralEvery;
  return {};
}

Result<void> Registrar::bring(const AccountId& self, BlockNumber head, const CollateralId& id) {
  const auto item = ports_.find_collateral(id);
  if (!item || std::ranges::find(sent_, *item) != sent_.end()) return {};
  const auto stored = SUBSTRATEE_TRY(ports_.chain.collateral(id));
  if (stored && stored->item == *item) return {};
  const auto hints = SUBSTRATEE_TRY(ports_.chain.hints(self));
  const auto extrinsic =
      SUBSTRATEE_TRY(ports_.conversation.ask_for<protocol::Extrinsic>(protocol::ComposeCollateral{*item, hints}));
  SUBSTRATEE_TRY(ports_.submissions.send(Purpose::kCollateral, static_cast<std::uint64_t>(id.kind), extrinsic, head));
  ports_.report.info(fmt::format("Bringing collateral: {}", attestation::to_string(id.kind)));
  std::erase_if(sent_, [&](const auto& before) { return before.kind == item->kind; });
  sent_.push_back(*item);
  return {};
}

void Registrar::settled(const chain_follower::Outcome& outcome) {
  if (outcome.purpose == Purpose::kCollateral) {
    const bool is_in = outcome.found && (!outcome.found->error || is_harmless(*outcome.found->error));
    if (is_in) return;
    const auto kind = static_cast<attestation::CollateralKind>(outcome.subject);
    ports_.report.warn(fmt::format("Collateral ({}) {}", attestation::to_string(kind),
                                   outcome.found ? "refused by the chain: " + *outcome.found->error
                                                 : std::string("was not included in time; sending it again")));
    std::erase_if(sent_, [&](const auto& item) { return item.kind == kind; });
    if (outcome.found) collateral_at_ = now_ + kRefusedAgainAfter;
    return;
  }
  look_at_ = Millis{0};
  if (!outcome.found) return;
  if (outcome.found->error) {
    renew_at_ = now_ + kRetryAfter;
    collateral_at_ = Millis{0};
    return;
  }
  is_lapse_said_ = false;
  if (is_renewal_) {
    ports_.report.info(fmt::format("Attested anew in block #{}", outcome.found->block));
  } else {
    ports_.report.registered(outcome.found->block);
  }
}

}  // namespace substratee::worker::driver
