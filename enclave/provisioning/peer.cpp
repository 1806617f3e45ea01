#include "enclave/provisioning/peer.hpp"

#include "core/crypto/hash.hpp"

#include <algorithm>

namespace substratee::enclave::provisioning {
namespace {

using protocol::Refusal;

template <class T>
using OrObstacle = std::expected<T, Obstacle>;

/// A required value; its absence is `reason`. Missing proofs are collected, so the caller asks for all at once.
template <class T>
OrObstacle<std::optional<T>> read(chain::Proofs& proofs, const Bytes& key) {
  auto value = proofs.get<T>(key);
  if (value) return *std::move(value);
  if (value.error() == chain::ProofError::kMalformed) {
    return std::unexpected(refuse(Refusal::kBadProof, "a proved value does not decode"));
  }
  return std::optional<T>{};
}

Obstacle not_registered() { return refuse(Refusal::kPeerRefused, "the peer is not a registered member of the shard"); }

bool contains(std::span<const Hash256> list, const Hash256& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

/// What must hold of the registry entry itself, whoever shows a certificate.
std::expected<void, Obstacle> check_entry(const PeerFacts& facts) {
  const auto refused = [](std::string_view why) { return std::unexpected(refuse(Refusal::kPeerRefused, why)); };
  if (facts.is_quarantined || facts.member.status == registry::MemberStatus::kQuarantined) {
    return refused("the peer is quarantined");
  }
  if (facts.member.status == registry::MemberStatus::kExpired || facts.now_ms >= facts.entry.valid_until) {
    return refused("the peer's registration has expired");
  }
  if (!contains(facts.allowed_measurements, facts.entry.measurement)) {
    return refused("the chain does not allow the peer's measurement");
  }
  return {};
}

attestation::Expectation expectation_of(const PeerFacts& facts, const finality::VerifiedChain& chain,
                                        const attestation::VerifiedEvidence& evidence) {
  attestation::Expectation expected;
  expected.purpose = attestation::Purpose::kProvisioning;
  expected.genesis_hash = chain.genesis_hash();
  expected.pubkey_hash = evidence.pubkey_hash;
  expected.account = facts.entry.account;
  expected.encryption_key = facts.entry.encryption_key;
  expected.instance = facts.entry.instance;
  expected.platform_id = facts.entry.platform_id;
  expected.head = chain.head().number;
  expected.named_block = chain.hash_of(evidence.claims.block_number);
  expected.now = facts.attestation_time;
  return expected;
}

}  // namespace

protocol::Refused refuse(Refusal reason, std::string_view detail) {
  return {reason, {std::string(detail.substr(0, 256))}};
}

std::expected<registry::Shard, Obstacle> prove_shard(chain::Proofs& proofs, const finality::Head& head,
                                                     const registry::ShardId& shard) {
  auto value = SUBSTRATEE_TRY(read<registry::Shard>(proofs, registry::key::shard(shard)));
  if (proofs.has_missing()) return std::unexpected(proofs.need(head));
  if (!value) return std::unexpected(refuse(Refusal::kCharterRefused, "the chain has no such shard"));
  return *std::move(value);
}

std::expected<PeerFacts, Obstacle> prove_peer(chain::Proofs& proofs, const finality::Head& head,
                                              const registry::ShardId& shard, const registry::AccountId& peer) {
  namespace key = registry::key;
  using Measurements = scale::Bounded<std::vector<registry::Measurement>, registry::kMaxMeasurements>;
  const auto index = SUBSTRATEE_TRY(read<std::uint64_t>(proofs, key::enclave_index(peer)));
  const auto member = SUBSTRATEE_TRY(read<registry::Member>(proofs, key::member(shard, peer)));
  const auto the_shard = SUBSTRATEE_TRY(read<registry::Shard>(proofs, key::shard(shard)));
  const auto policy = SUBSTRATEE_TRY(read<attestation::Policy>(proofs, key::policy()));
  const auto allowed = SUBSTRATEE_TRY(read<Measurements>(proofs, key::allowed_measurements()));
  const auto now = SUBSTRATEE_TRY(read<std::uint64_t>(proofs, key::timestamp_now()));
  const auto newest_issue = SUBSTRATEE_TRY(read<attestation::UnixSeconds>(proofs, key::newest_issue()));
  if (proofs.has_missing()) return std::unexpected(proofs.need(head));
  if (!index || !member || !the_shard || !policy || !now) return std::unexpected(not_registered());

  const auto entry = SUBSTRATEE_TRY(read<registry::Enclave>(proofs, key::enclave(*index)));
  if (proofs.has_missing()) return std::unexpected(proofs.need(head));
  if (!entry || entry->account != peer) return std::unexpected(not_registered());

  const auto mark = SUBSTRATEE_TRY(read<std::tuple<>>(proofs, key::quarantined_platform(entry->platform_id)));
  if (proofs.has_missing()) return std::unexpected(proofs.need(head));
  return PeerFacts{.entry = *entry,
                   .member = *member,
                   .shard = *the_shard,
                   .policy = *policy,
                   .allowed_measurements = allowed ? allowed->value : std::vector<Hash256>{},
                   .now_ms = *now,
                   .attestation_time = std::max(*now / 1000, newest_issue.value_or(0)),
                   .is_quarantined = mark.has_value()};
}

bool charter_allows(const registry::Charter& charter, const registry::Measurement& measurement, bool hardware,
                    const Hash256& root) {
  if (charter.hardware_required && !hardware) return false;
  return contains(charter.measurements.value, measurement) && contains(charter.trust_anchors.value, root);
}

std::expected<registry::AccountId, Obstacle> claimed_account(ByteView certificate) {
  const auto presented = attestation::ratls::parse_certificate(certificate);
  if (!presented) return std::unexpected(refuse(Refusal::kPeerRefused, attestation::to_string(presented.error())));
  const auto claims = attestation::decode_claims(presented->evidence.claims.value);
  if (!claims) return std::unexpected(refuse(Refusal::kPeerRefused, attestation::to_string(claims.error())));
  return claims->substratee.account;
}

std::expected<attestation::CollateralSet, Obstacle> prove_collateral(chain::Proofs& proofs, const finality::Head& head,
                                                                     const attestation::Evidence& evidence) {
  const auto needs = attestation::collateral_needs(evidence);
  if (!needs) return std::unexpected(refuse(Refusal::kPeerRefused, attestation::to_string(needs.error())));
  attestation::CollateralSet out;
  for (const auto& need : *needs) {
    auto stored = SUBSTRATEE_TRY(read<registry::Collateral>(proofs, registry::key::collateral(need.id)));
    if (stored) out.emplace_back(need.id, std::move(stored->item));
  }
  if (proofs.has_missing()) return std::unexpected(proofs.need(head));
  return out;
}

std::expected<void, Obstacle> check_certificate(ByteView certificate, const PeerFacts& facts, chain::Proofs& proofs,
                                                const finality::VerifiedChain& chain) {
  SUBSTRATEE_TRY(check_entry(facts));
  const auto presented = attestation::ratls::parse_certificate(certificate);
  if (!presented) return std::unexpected(refuse(Refusal::kPeerRefused, attestation::to_string(presented.error())));
  const auto collateral = SUBSTRATEE_TRY(prove_collateral(proofs, chain.head(), presented->evidence));
  const auto evidence =
      attestation::ratls::verify_certificate(certificate, collateral, attestation::trust_anchors_of(facts.policy),
                                             facts.attestation_time, attestation::verify_options_of(facts.policy));
  if (!evidence) return std::unexpected(refuse(Refusal::kPeerRefused, attestation::to_string(evidence.error())));
  if (evidence->claims.block_number > chain.head().number) {
    const auto ahead = evidence->claims.block_number - chain.head().number;
    if (ahead <= attestation::kFreshnessBlocks) {
      return std::unexpected(protocol::Need{protocol::NeedBlocks{evidence->claims.block_number}});
    }
  }
  const auto verdict = attestation::appraise(*evidence, facts.policy, facts.allowed_measurements,
                                             expectation_of(facts, chain, *evidence));
  if (!verdict) return std::unexpected(refuse(Refusal::kPeerRefused, attestation::to_string(verdict.error())));
  if (evidence->measurement != facts.entry.measurement) {
    return std::unexpected(refuse(Refusal::kPeerRefused, "the evidence is of another program than the registered one"));
  }
  if (evidence->kind != facts.entry.kind || evidence->root != facts.entry.trust_root) {
    return std::unexpected(refuse(Refusal::kPeerRefused, "the evidence is of another kind or root than registered"));
  }
  if (!charter_allows(facts.shard.charter, evidence->measurement, evidence->hardware, evidence->root)) {
    return std::unexpected(refuse(Refusal::kCharterRefused, "the shard's charter does not allow the peer"));
  }
  return {};
}

}  // namespace substratee::enclave::provisioning
