#include "core/attestation/policy/appraise.hpp"
#include "core/attestation/spki.hpp"
#include "node/runtime/pallets/substratee_registry/handlers.hpp"
#include "node/runtime/pallets/substratee_registry/url.hpp"
#include "node/runtime/pallets/system/system.hpp"
#include "node/runtime/pallets/timestamp/timestamp.hpp"

namespace substratee::node::runtime::substratee_registry {
namespace {

using attestation::Refusal;
using attestation::VerifiedEvidence;

Error to_error(Refusal refusal) {
  switch (refusal) {
    case Refusal::kKindNotAllowed:
    case Refusal::kUnknownRoot:
    case Refusal::kStatusNotAllowed:
    case Refusal::kDebug:
    case Refusal::kAdvisory:
    case Refusal::kEvaluationNumber:
    case Refusal::kPlatformDenied:
    case Refusal::kFmspcDenied:
    case Refusal::kExpired: return Error::kPolicyRefused;
    case Refusal::kWrongMeasurement: return Error::kWrongMeasurement;
    case Refusal::kAccountMismatch:
    case Refusal::kKeyMismatch: return Error::kAccountMismatch;
    case Refusal::kBlockAhead:
    case Refusal::kStale:
    case Refusal::kUnknownBlock: return Error::kStaleEvidence;
    case Refusal::kWrongPurpose:
    case Refusal::kWrongGenesis:
    case Refusal::kEncryptionKeyMismatch:
    case Refusal::kInstanceMismatch:
    case Refusal::kPlatformMismatch: return Error::kEvidenceRefused;
  }
  return Error::kEvidenceRefused;
}

Result<> check_form(const registry::RegisterEnclave& call) {
  // Larger evidence does not even decode; the bound is repeated here because the block's cost rests on it.
  if (scale::encode(call.evidence).size() > attestation::kMaxEvidenceSize)
    return std::unexpected(Error::kEvidenceTooLarge);
  if (!is_worker_url(call.worker_url.value)) return std::unexpected(Error::kUrlInvalid);
  if (!is_provisioning_url(call.provisioning_url.value)) return std::unexpected(Error::kUrlInvalid);
  return {};
}

attestation::Expectation expectation(const Context& context, const AccountId& sender, BlockNumber named_block) {
  const BlockNumber head = context.number() - 1;
  const auto head_hash = system::kParentHash.get(context.state);
  return {.purpose = attestation::Purpose::kRegistration,
          .genesis_hash = system::kBlockHash.get(context.state, 0),
          .pubkey_hash = attestation::hash_of_spki(attestation::to_spki(sender)),
          .account = sender,
          .encryption_key = {},
          .instance = {},
          .platform_id = {},
          .head = head,
          .named_block = system::block_hash(context.state, head, head_hash, named_block),
          .freshness = attestation::kFreshnessBlocks,
          .now = attestation_time(context.state)};
}

/// What the claims say before anybody has vouched for them: enough to refuse cheaply, never to accept.
Result<> check_unverified_claims(const Context& context, const AccountId& sender,
                                 const attestation::Evidence& evidence) {
  const auto claims = attestation::decode_claims(evidence.claims.value);
  if (!claims) return std::unexpected(Error::kEvidenceRefused);
  const auto& said = claims->substratee;
  const auto expected = expectation(context, sender, said.block_number);
  if (said.account != sender || claims->pubkey_hash != expected.pubkey_hash)
    return std::unexpected(Error::kAccountMismatch);
  if (said.purpose != expected.purpose || said.genesis_hash != expected.genesis_hash) {
    return std::unexpected(Error::kEvidenceRefused);
  }
  const bool is_stale = said.block_number > expected.head || expected.head - said.block_number > expected.freshness;
  if (is_stale || expected.named_block != said.block_hash) return std::unexpected(Error::kStaleEvidence);
  return {};
}

struct Verified : VerifiedEvidence {
  std::vector<attestation::CollateralId> collateral;
};

Result<Verified> verify(Context& context, const AccountId& sender, const attestation::Evidence& evidence) {
  const bool is_renewal = kEnclaveIndex.contains(context.state, sender);
  auto& used = is_renewal ? context.verifications.renewals : context.verifications.newcomers;
  if (used >= kMaxVerificationsPerBlock) return std::unexpected(Error::kTooManyRegistrations);
  ++used;
  const auto policy = kPolicy.get(context.state);
  const auto basis = SUBSTRATEE_TRY_OR(Error::kEvidenceRefused, basis_of(context.state, evidence));
  auto verified = attestation::verify(evidence, basis.items, attestation::trust_anchors_of(policy),
                                      attestation_time(context.state), attestation::verify_options_of(policy));
  if (!verified && verified.error() == attestation::Error::kMissingCollateral) {
    return std::unexpected(Error::kMissingCollateral);
  }
  if (!verified) return std::unexpected(Error::kEvidenceRefused);
  const auto allowed = kAllowedMeasurements.get(context.state);
  const auto verdict = attestation::appraise(*verified, policy, allowed.value,
                                             expectation(context, sender, verified->claims.block_number));
  if (!verdict) return std::unexpected(to_error(verdict.error()));
  return Verified{*std::move(verified), basis.ids};
}

/// The chain's policy may allow more than the shard's charter does; the charter counts too.
Result<> check_charter_of(const Context& context, const ShardId& shard, const VerifiedEvidence& verified) {
  const auto charter = kShards.get(context.state, shard).charter;
  SUBSTRATEE_TRY(check_charter(charter, verified.hardware, verified.measurement));
  const auto& anchors = charter.trust_anchors.value;
  if (std::ranges::find(anchors, verified.root) == anchors.end()) return std::unexpected(Error::kPolicyRefused);
  return {};
}

/// A quarantined member may renew its registration and stays what it is; nobody else comes from its platform.
Result<> check_platform(const Context& context, const AccountId& sender, const ShardId& shard,
                        const registry::PlatformId& platform) {
  if (!kQuarantinedPlatforms.contains(context.state, platform)) return {};
  const auto member = kMembers.find(context.state, shard, sender);
  if (member && member->status == MemberStatus::kQuarantined) return {};
  return std::unexpected(Error::kQuarantined);
}

/// Who is Expired comes back as Joining and needs a place again; who is Quarantined stays what it is and needs none.
Result<> check_room(const Context& context, const AccountId& sender, const ShardId& shard) {
  const auto member = kMembers.find(context.state, shard, sender);
  if (member && member->status != MemberStatus::kExpired) return {};
  const auto members = kMembers.entries(context.state, shard);
  const auto living = std::ranges::count_if(members, [](const auto& entry) { return is_living(entry.second.status); });
  if (static_cast<std::size_t>(living) >= registry::kMaxMembers) return std::unexpected(Error::kTooManyMembers);
  return {};
}

registry::Enclave make_enclave(const Context& context, const Verified& verified,
                               const registry::RegisterEnclave& call) {
  const auto now = timestamp::kNow.get(context.state);
  return {.account = verified.claims.account,
          .encryption_key = verified.claims.encryption_key,
          .instance = verified.claims.instance,
          .kind = verified.kind,
          .hardware = verified.hardware,
          .measurement = verified.measurement,
          .signer = verified.signer,
          .platform_id = verified.platform_id,
          .tcb_status = verified.tcb_status,
          .advisories = advisories_of(verified),
          .worker_url = call.worker_url,
          .provisioning_url = call.provisioning_url,
          .registered_at = context.number(),
          .valid_until = end_of_registration(now, verified),
          .trust_root = verified.root,
          .evaluation_number = verified.evaluation_number,
          .attested_at = now,
          .collateral = {verified.collateral}};
}

/// Returns what the entry replaces.
std::optional<registry::Enclave> store(Context& context, const registry::Enclave& enclave) {
  auto index = kEnclaveIndex.find(context.state, enclave.account);
  if (!index) {
    index = kEnclaveCount.get(context.state) + 1;
    kEnclaveCount.put(context.state, *index);
    kEnclaveIndex.put(context.state, enclave.account, *index);
  }
  const auto before = kEnclaveRegistry.find(context.state, *index);
  kEnclaveRegistry.put(context.state, *index, enclave);
  return before;
}

void note_platform(Context& context, const registry::Enclave& enclave, const std::optional<registry::Enclave>& before) {
  const auto& account = enclave.account;
  if (before && before->platform_id != enclave.platform_id) {
    kDepartedPlatforms.put(context.state, account, before->platform_id);
  } else if (kDepartedPlatforms.find(context.state, account) == enclave.platform_id) {
    kDepartedPlatforms.erase(context.state, account);
  }
}

MemberStatus status_after(const std::optional<Member>& before, bool is_same_enclave) {
  if (!before) return MemberStatus::kJoining;
  if (before->status == MemberStatus::kQuarantined) return MemberStatus::kQuarantined;
  if (!is_same_enclave || before->status == MemberStatus::kExpired) return MemberStatus::kJoining;
  return before->status;
}

/// Another enclave was held against the charter of the shard that it registered for, and against no other.
MemberStatus status_elsewhere(const Member& before, bool is_same_enclave) {
  if (is_same_enclave || before.status == MemberStatus::kQuarantined) return before.status;
  return MemberStatus::kExpired;
}

/// In the shard itself, and wherever else the account is a member: the instance has changed there too.
void update_members(Context& context, const ShardId& registered_for, const AccountId& account, bool is_same_enclave) {
  for (const auto& [shard, value] : kShards.entries(context.state)) {
    const auto before = kMembers.find(context.state, shard, account);
    if (!before && shard != registered_for) continue;
    const auto status =
        shard == registered_for ? status_after(before, is_same_enclave) : status_elsewhere(*before, is_same_enclave);
    if (before && before->status == status) {
      announce_member(context, shard, account, status);
      continue;
    }
    ShardChange change(context, shard);
    change.agreement().change_member(account, status);
    std::move(change).commit();
  }
}

template <class EventType>
Event registration_event(const registry::Enclave& enclave, const ShardId& shard) {
  return EventType{enclave.account,   shard, enclave.kind, enclave.hardware, enclave.tcb_status, enclave.measurement,
                   enclave.worker_url};
}

}  // namespace

decltype(registry::Enclave::advisories) advisories_of(const attestation::AuthenticEvidence& evidence) {
  decltype(registry::Enclave::advisories) out;
  for (const auto& advisory : evidence.advisories) {
    if (out.value.size() < registry::kMaxAdvisories) out.value.push_back(advisory);
  }
  return out;
}

Result<> register_enclave(Context& context, const AccountId& sender, const registry::RegisterEnclave& call) {
  SUBSTRATEE_TRY(check_form(call));
  if (!kShards.contains(context.state, call.shard)) return std::unexpected(Error::kUnknownShard);
  SUBSTRATEE_TRY(check_unverified_claims(context, sender, call.evidence));
  SUBSTRATEE_TRY(check_room(context, sender, call.shard));
  const auto verified = SUBSTRATEE_TRY(verify(context, sender, call.evidence));
  SUBSTRATEE_TRY(check_charter_of(context, call.shard, verified));
  SUBSTRATEE_TRY(check_platform(context, sender, call.shard, verified.platform_id));

  const auto enclave = make_enclave(context, verified, call);
  const auto before = store(context, enclave);
  kEnclaveEvidence.put(context.state, sender, call.evidence);
  note_platform(context, enclave, before);
  context.deposit(kIndex, before ? registration_event<UpdatedEnclave>(enclave, call.shard)
                                 : registration_event<AddedEnclave>(enclave, call.shard));
  const bool is_same_enclave =
      before && before->platform_id == enclave.platform_id && before->measurement == enclave.measurement;
  update_members(context, call.shard, sender, is_same_enclave);
  return {};
}

}  // namespace substratee::node::runtime::substratee_registry
