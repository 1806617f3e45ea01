// register_collateral and set_policy: what is accepted changes, and with it what registrations are worth.
#include "core/crypto/hash.hpp"
#include "node/runtime/pallets/substratee_registry/appraisal.hpp"
#include "node/runtime/pallets/substratee_registry/handlers.hpp"

namespace substratee::node::runtime::substratee_registry {
namespace {

using attestation::CollateralId;
using attestation::CollateralItem;
using attestation::CollateralKind;
using attestation::VerifiedCollateral;

/// The signer, too, may have been revoked since.
Result<VerifiedCollateral> verify(const Context& context, const CollateralItem& item) {
  const auto id = SUBSTRATEE_TRY_OR(Error::kCollateralRefused, attestation::read_collateral_id(item));
  const auto root_crl = kCollateral.find(context.state, {id.root, CollateralKind::kIntelRootCrl, {}});
  const auto* list = root_crl && id.kind != CollateralKind::kIntelRootCrl ? &root_crl->item : nullptr;
  return SUBSTRATEE_TRY_OR(
      Error::kCollateralRefused,
      attestation::verify_collateral(item, attestation::trust_anchors_of(kPolicy.get(context.state)), list,
                                     attestation_time(context.state)));
}

Result<> count_attempt(Context& context, const AccountId& sender) {
  auto& used = kEnclaveIndex.contains(context.state, sender) ? context.verifications.collateral_of_enclaves
                                                             : context.verifications.collateral_of_others;
  if (used >= kMaxVerificationsPerBlock) return std::unexpected(Error::kTooManyCollateral);
  ++used;
  return {};
}

std::vector<registry::Enclave> living_enclaves(const Context& context) {
  std::map<AccountId, registry::Enclave> out;
  for (const auto& [shard, value] : kShards.entries(context.state)) {
    for (const auto& [account, member] : kMembers.entries(context.state, shard)) {
      if (!is_living(member.status) || out.contains(account)) continue;
      if (auto enclave = find_enclave(context.state, account)) out.emplace(account, *std::move(enclave));
    }
  }
  std::vector<registry::Enclave> list;
  for (auto& [account, enclave] : out) list.push_back(std::move(enclave));
  return list;
}

/// The entry as the appraisal leaves it.
registry::Enclave updated(registry::Enclave enclave, const Appraisal& appraisal, std::uint64_t now) {
  if (appraisal.evidence) {
    enclave.tcb_status = appraisal.evidence->tcb_status;
    enclave.advisories = advisories_of(*appraisal.evidence);
    enclave.evaluation_number = appraisal.evidence->evaluation_number;
  }
  if (appraisal.standing != Standing::kHolds) {
    enclave.valid_until = std::min(enclave.valid_until, now);
  } else if (appraisal.evidence) {
    enclave.valid_until = end_of_registration(enclave.attested_at, *appraisal.evidence);
  }
  return enclave;
}

void note(Context& context, const registry::Enclave& before, const Appraisal& appraisal) {
  const auto after = updated(before, appraisal, moment_of(context).time);
  if (after == before && appraisal.standing != Standing::kVoid) return;
  kEnclaveRegistry.put(context.state, kEnclaveIndex.get(context.state, after.account), after);
  context.deposit(kIndex,
                  Event{EnclaveAppraised{after.account, appraisal.standing, after.tcb_status, after.valid_until}});
}

/// They are out in this very block, in every shard, even the last Active one.
void expire_at_once(Context& context, const std::vector<AccountId>& accounts) {
  if (accounts.empty()) return;
  for (const auto& [shard, value] : kShards.entries(context.state)) {
    ShardChange change(context, shard);
    std::vector<AccountId> out;
    for (const auto& account : accounts) {
      const auto& members = change.agreement().state().members;
      const auto member = members.find(account);
      if (member != members.end() && is_living(member->second.status)) out.push_back(account);
    }
    if (out.empty()) continue;
    change.agreement().change_members(out, MemberStatus::kExpired);
    std::move(change).commit();
  }
}

/// Only members that rest on this very item cost anything.
void appraise_those_on(Context& context, const CollateralId& id) {
  const auto policy = kPolicy.get(context.state);
  const auto now = attestation_time(context.state);
  std::vector<AccountId> out;
  for (const auto& enclave : living_enclaves(context)) {
    if (std::ranges::find(enclave.collateral.value, id) == enclave.collateral.value.end()) continue;
    const auto appraisal = appraise_enclave(context.state, enclave, policy, now);
    if (appraisal.standing == Standing::kVoid) out.push_back(enclave.account);
    note(context, enclave, appraisal);
  }
  expire_at_once(context, out);
}

}  // namespace

Result<> register_collateral(Context& context, const AccountId& sender, const registry::RegisterCollateral& call) {
  SUBSTRATEE_TRY(count_attempt(context, sender));
  const auto verified = SUBSTRATEE_TRY(verify(context, call.item));
  if (const auto before = kCollateral.find(context.state, verified.id)) {
    if (verified.version < before->version) return std::unexpected(Error::kOlderCollateral);
    if (verified.version == before->version) return std::unexpected(Error::kSameCollateral);
  }
  kCollateral.put(context.state, verified.id, {call.item, verified.version, verified.expires, context.number()});
  kNewestIssue.put(context.state, std::max(kNewestIssue.get(context.state), verified.version.issued));
  context.deposit(kIndex, Event{CollateralRegistered{verified.id, verified.version, verified.expires}});
  appraise_those_on(context, verified.id);
  return {};
}

/// Evidence that the former policy refused already goes on lapsing; whom only the new one refuses is out at once.
Result<> set_policy(Context& context, const registry::SetPolicy& call) {
  context.deposit(kIndex, Event{PolicySet{crypto::blake2_256(scale::encode(call.policy))}});
  std::vector<AccountId> out;
  for (const auto& prospect : appraise_members(context.state, call.policy, std::nullopt)) {
    if (prospect.appraisal.standing == Standing::kVoid) out.push_back(prospect.enclave.account);
    note(context, prospect.enclave, prospect.appraisal);
  }
  kPolicy.put(context.state, call.policy);
  expire_at_once(context, out);
  return {};
}

}  // namespace substratee::node::runtime::substratee_registry
