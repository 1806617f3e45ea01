#pragma once

/// What the chain says of a peer, by proof, and whether the peer's certificate fits it (design: MU-RA).
/// Each side checks the other alike; that the provider is Active is the joiner's to demand.

#include "core/attestation/policy/appraise.hpp"
#include "core/attestation/ratls/certificate.hpp"
#include "core/finality/verified_chain.hpp"
#include "core/registry/storage.hpp"
#include "enclave/chain/proofs.hpp"
#include "enclave/platform/platform.hpp"

namespace substratee::enclave::provisioning {

/// Everything that a decision about a peer rests on, at one verified head or a little before it.
struct PeerFacts {
  registry::Enclave entry;
  registry::Member member;
  registry::Shard shard;
  attestation::Policy policy;
  std::vector<registry::Measurement> allowed_measurements;
  std::uint64_t now_ms = 0;                       ///< Timestamp.Now
  attestation::UnixSeconds attestation_time = 0;  ///< now, never older than the newest accepted issue of collateral
  bool is_quarantined = false;
};

/// What a decision that cannot be made yet needs, or why it is refused.
using Obstacle = std::variant<protocol::Need, protocol::Refused>;

[[nodiscard]] protocol::Refused refuse(protocol::Refusal reason, std::string_view detail);

/// The shard at the head, by proof.
[[nodiscard]] std::expected<registry::Shard, Obstacle> prove_shard(chain::Proofs& proofs, const finality::Head& head,
                                                                   const registry::ShardId& shard);
/// All facts about the peer, by proof; kPeerRefused when it is not registered or not a member.
[[nodiscard]] std::expected<PeerFacts, Obstacle> prove_peer(chain::Proofs& proofs, const finality::Head& head,
                                                            const registry::ShardId& shard,
                                                            const registry::AccountId& peer);

/// Whether the charter lets this program on this platform hold keys.
[[nodiscard]] bool charter_allows(const registry::Charter& charter, const registry::Measurement& measurement,
                                  bool hardware, const Hash256& root);

/// What the chain holds of the collateral that this evidence rests on, by proof; also that it holds none of an item.
[[nodiscard]] std::expected<attestation::CollateralSet, Obstacle> prove_collateral(
    chain::Proofs& proofs, const finality::Head& head, const attestation::Evidence& evidence);

/// Evidence with the chain's collateral, policy, charter, and equality with the registry entry. A block that the peer
/// names above the own head is a Need for blocks.
[[nodiscard]] std::expected<void, Obstacle> check_certificate(ByteView certificate, const PeerFacts& facts,
                                                              chain::Proofs& proofs,
                                                              const finality::VerifiedChain& chain);

/// The account that the evidence in a certificate claims, not verified: whom to look up.
[[nodiscard]] std::expected<registry::AccountId, Obstacle> claimed_account(ByteView certificate);

}  // namespace substratee::enclave::provisioning
