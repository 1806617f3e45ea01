#include "node/runtime/pallets/substratee_registry/appraisal.hpp"

#include "node/runtime/pallets/substratee_registry/shard_change.hpp"
#include "node/runtime/pallets/timestamp/timestamp.hpp"

namespace substratee::node::runtime::substratee_registry {
namespace {

using attestation::AuthenticEvidence;
using attestation::UnixSeconds;

/// Longer than anything lives: shows what else is wrong with evidence whose collateral has ended.
constexpr UnixSeconds kForever = 100ull * 366 * 24 * 60 * 60;

bool is_by_time(attestation::Error error) {
  using enum attestation::Error;
  return error == kExpired || error == kNotYetValid || error == kCollateralExpired || error == kCollateralNotYetValid;
}

/// The platform itself, by whoever made it.
bool is_revocation(attestation::Error error) {
  return error == attestation::Error::kPckRevoked || error == attestation::Error::kCaRevoked;
}

attestation::Result<AuthenticEvidence> authenticate_stored(const attestation::Evidence& evidence, const Basis& basis,
                                                           const attestation::Policy& policy, UnixSeconds now,
                                                           const attestation::VerifyOptions& options) {
  return attestation::authenticate(evidence.kind, evidence.body.value, basis.items,
                                   attestation::trust_anchors_of(policy), now, options);
}

/// Expired collateral must not hide a revocation.
bool is_revoked(const attestation::Evidence& evidence, const Basis& basis, const attestation::Policy& policy,
                UnixSeconds now) {
  auto options = attestation::verify_options_of(policy);
  options.collateral_grace = kForever;
  const auto authentic = authenticate_stored(evidence, basis, policy, now, options);
  if (!authentic) return is_revocation(authentic.error());
  return authentic->tcb_status == attestation::TcbStatus::kRevoked;
}

Appraisal refused(attestation::Error error, Standing standing) { return {.standing = standing, .error = error}; }

std::uint64_t grace_of(const attestation::Policy& policy) { return policy.confirmation_grace * 1000ull; }

/// Living members of all shards, by account.
std::map<AccountId, std::vector<std::pair<ShardId, MemberStatus>>> living_members(const StateView& state) {
  std::map<AccountId, std::vector<std::pair<ShardId, MemberStatus>>> out;
  for (const auto& [shard, value] : kShards.entries(state)) {
    for (const auto& [account, member] : kMembers.entries(state, shard)) {
      if (is_living(member.status)) out[account].emplace_back(shard, member.status);
    }
  }
  return out;
}

/// What set_policy would do: who is accepted now and not then is out at once.
Appraisal under_new_policy(const StateView& state, const registry::Enclave& enclave, const attestation::Policy& policy,
                           UnixSeconds now) {
  auto next = appraise_enclave(state, enclave, policy, now);
  if (next.standing != Standing::kLapsed || next.refusal == attestation::Refusal::kExpired) return next;
  if (next.error && is_by_time(*next.error)) return next;
  const auto before = appraise_enclave(state, enclave, kPolicy.get(state), now);
  if (!before.has_reason_of(next)) next.standing = Standing::kVoid;
  return next;
}

}  // namespace

UnixSeconds attestation_time(const StateView& state) {
  return std::max(timestamp::kNow.get(state) / 1000, kNewestIssue.get(state));
}

attestation::Result<Basis> basis_of(const StateView& state, const attestation::Evidence& evidence) {
  Basis out;
  for (const auto& need : SUBSTRATEE_TRY(attestation::collateral_needs(evidence))) {
    out.ids.push_back(need.id);
    if (auto stored = kCollateral.find(state, need.id)) out.items.emplace_back(need.id, std::move(stored->item));
  }
  if (out.ids.size() > registry::kMaxCollateralIds) return std::unexpected(attestation::Error::kUnsupportedEvidence);
  return out;
}

std::uint64_t end_of_registration(std::uint64_t attested_at, const AuthenticEvidence& evidence) noexcept {
  const auto most = attested_at + kRegistrationMilliseconds;
  // Far beyond any certificate; and 1000 times more still fits.
  constexpr UnixSeconds kFar = 1ull << 40;
  return std::min(most, std::min(evidence.valid_until, kFar) * 1000);
}

std::string_view to_string(Standing standing) noexcept {
  switch (standing) {
    case Standing::kHolds: return "holds";
    case Standing::kLapsed: return "lapses";
    case Standing::kVoid: return "void";
  }
  return "unknown";
}

std::string_view Appraisal::reason() const noexcept {
  if (error) return attestation::to_string(*error);
  if (refusal) return attestation::to_string(*refusal);
  return {};
}

std::string_view Appraisal::code() const noexcept {
  if (error) return attestation::to_code(*error);
  if (refusal) return attestation::to_code(*refusal);
  return {};
}

Appraisal appraise_enclave(const StateView& state, const registry::Enclave& enclave, const attestation::Policy& policy,
                           UnixSeconds now) {
  const auto evidence = kEnclaveEvidence.find(state, enclave.account);
  if (!evidence) return refused(attestation::Error::kNoEvidence, Standing::kLapsed);
  const auto basis = basis_of(state, *evidence);
  if (!basis) return refused(basis.error(), Standing::kLapsed);
  auto authentic = authenticate_stored(*evidence, *basis, policy, now, attestation::verify_options_of(policy));
  if (!authentic && authentic.error() == attestation::Error::kMissingCollateral) return {.standing = Standing::kHolds};
  if (!authentic && is_by_time(authentic.error())) {
    const bool is_out = is_revoked(*evidence, *basis, policy, now);
    return refused(authentic.error(), is_out ? Standing::kVoid : Standing::kLapsed);
  }
  if (!authentic) {
    return refused(authentic.error(), is_revocation(authentic.error()) ? Standing::kVoid : Standing::kLapsed);
  }

  Appraisal out{.evidence = *authentic};
  if (const auto verdict = attestation::check_policy(*authentic, policy, now); !verdict) {
    out.refusal = verdict.error();
    out.standing = authentic->tcb_status == attestation::TcbStatus::kRevoked ? Standing::kVoid : Standing::kLapsed;
  }
  return out;
}

std::vector<Prospect> appraise_members(const StateView& state, const std::optional<attestation::Policy>& policy,
                                       std::optional<UnixSeconds> at) {
  const auto now = std::max(at.value_or(0), attestation_time(state));
  const auto in_force = policy ? *policy : kPolicy.get(state);
  std::vector<Prospect> out;
  for (auto& [account, shards] : living_members(state)) {
    const auto enclave = find_enclave(state, account);
    if (!enclave) continue;
    Prospect one{.enclave = *enclave, .shards = std::move(shards)};
    one.appraisal =
        policy ? under_new_policy(state, *enclave, in_force, now) : appraise_enclave(state, *enclave, in_force, now);
    one.valid_until = enclave->valid_until;
    if (one.appraisal.evidence) one.valid_until = end_of_registration(enclave->attested_at, *one.appraisal.evidence);
    if (one.appraisal.standing != Standing::kHolds) one.valid_until = std::min(enclave->valid_until, now * 1000);
    if (one.appraisal.standing == Standing::kHolds && now * 1000 >= one.valid_until) {
      one.appraisal.standing = Standing::kLapsed;
      one.appraisal.refusal = attestation::Refusal::kExpired;
    }
    one.confirms_until = one.appraisal.standing == Standing::kVoid ? 0 : one.valid_until + grace_of(in_force);
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace substratee::node::runtime::substratee_registry
