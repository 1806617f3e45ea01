#include "enclave/provisioning/sessions.hpp"

#include "core/crypto/hash.hpp"

namespace substratee::enclave::provisioning {
namespace {

using protocol::Refusal;

std::unexpected<Obstacle> obstacle(Refusal reason, std::string_view detail) {
  return std::unexpected<Obstacle>(refuse(reason, detail));
}

/// Sessions that ended by time and can still say so.
constexpr std::size_t kKeptExpired = 64;

std::unexpected<Obstacle> tls_obstacle(TlsError error) { return obstacle(Refusal::kTlsFailed, to_string(error)); }

}  // namespace

std::optional<std::uint64_t> Sessions::add(Session session) {
  if (sessions_.size() >= protocol::kMaxProvisioningSessions) return std::nullopt;
  const auto id = next_id_++;
  sessions_.emplace(id, std::move(session));
  return id;
}

Session* Sessions::find(std::uint64_t id) noexcept {
  const auto found = sessions_.find(id);
  return found == sessions_.end() ? nullptr : &found->second;
}

void Sessions::expire(primitives::BlockNumber head) {
  std::erase_if(sessions_, [&](const auto& item) {
    const auto& [id, session] = item;
    if (head - session.started <= protocol::kProvisioningSessionBlocks) return false;
    const bool waits_for_release = session.release && session.phase == protocol::TlsPhase::kReleaseSent;
    expired_[id] = waits_for_release ? Refusal::kReleaseMissing : Refusal::kSessionExpired;
    return true;
  });
  while (expired_.size() > kKeptExpired) expired_.erase(expired_.begin());
}

protocol::Refused Sessions::refuse_missing(std::uint64_t id) const {
  const auto found = expired_.find(id);
  if (found == expired_.end()) return refuse(Refusal::kUnknownSession, "no such session");
  if (found->second == Refusal::kReleaseMissing) {
    return refuse(found->second, "the release was not on the chain within the session's life; join again");
  }
  return refuse(found->second, "the session has lasted too many blocks; join again");
}

Progress advance_joiner(Session& session, chain::Proofs& proofs, const finality::VerifiedChain& chain,
                        const registry::ShardId& shard) {
  if (session.is_peer_checked || !session.tls.is_established()) return {};
  proofs.begin(session.started);
  session.peer = SUBSTRATEE_TRY(prove_peer(proofs, chain.head(), shard, session.peer->entry.account));
  if (session.peer->member.status != registry::MemberStatus::kActive) {
    return obstacle(Refusal::kPeerNotActive, "only an Active member provides keys");
  }
  SUBSTRATEE_TRY(check_certificate(session.tls.peer_certificate(), *session.peer, proofs, chain));
  session.is_peer_checked = true;
  const protocol::ProvisioningRequest request{1, shard};
  const auto sent = session.tls.send(scale::encode(request));
  if (!sent) return tls_obstacle(sent.error());
  session.phase = protocol::TlsPhase::kReleaseSent;
  return {};
}

std::expected<std::optional<keys::ShardKeys>, Obstacle> receive_keys(Session& session) {
  if (!session.is_peer_checked) return std::optional<keys::ShardKeys>{};
  auto message = session.tls.receive();
  if (!message) return tls_obstacle(message.error());
  if (!*message) return std::optional<keys::ShardKeys>{};
  const crypto::WipedBytes bytes(**std::move(message));
  auto provisioning = protocol::decode_provisioning(bytes.view());
  if (!provisioning) return obstacle(Refusal::kPeerRefused, "the provider's message does not decode");
  const auto& shard = session.peer->shard;
  if (provisioning->charter != shard.charter) {
    return obstacle(Refusal::kCharterMismatch, "the provider's charter is not the one on the chain");
  }
  auto keys = keys::ShardKeys::from_provisioning(*std::move(provisioning));
  if (!keys) return obstacle(Refusal::kPeerRefused, "the provider sent no usable keys");
  const registry::ShieldingKey shielding{keys->newest().shielding().public_key().bytes};
  if (keys->newest().epoch() != shard.epoch || shard.shielding_key != shielding) {
    return obstacle(Refusal::kWrongKey, "the secret received does not give the shielding key on the chain");
  }
  session.phase = protocol::TlsPhase::kDone;
  return std::optional<keys::ShardKeys>(*std::move(keys));
}

namespace {

/// Who asks, and whether the chain and the certificate agree about it.
Progress check_joiner(Session& session, chain::Proofs& proofs, const finality::VerifiedChain& chain,
                      const registry::ShardId& shard, const registry::AccountId& own) {
  const auto certificate = session.tls.peer_certificate();
  const auto account = SUBSTRATEE_TRY(claimed_account(certificate));
  if (account == own) return obstacle(Refusal::kSelfConnection, "the peer is this very enclave");
  proofs.begin(session.started);
  auto facts = SUBSTRATEE_TRY(prove_peer(proofs, chain.head(), shard, account));
  SUBSTRATEE_TRY(check_certificate(certificate, facts, proofs, chain));
  session.peer = std::move(facts);
  session.is_peer_checked = true;
  return {};
}

}  // namespace

Progress advance_provider(Session& session, chain::Proofs& proofs, const finality::VerifiedChain& chain,
                          const registry::ShardId& shard, const registry::AccountId& own) {
  if (!session.tls.is_established()) return {};
  if (!session.is_peer_checked) SUBSTRATEE_TRY(check_joiner(session, proofs, chain, shard, own));
  if (session.is_request_seen) return {};
  auto message = session.tls.receive();
  if (!message) return tls_obstacle(message.error());
  if (!*message) return {};
  const auto request = scale::decode<protocol::ProvisioningRequest>(**message);
  if (!request || request->version != 1 || request->shard != shard) {
    return obstacle(Refusal::kPeerRefused, "the peer asks for another shard or version");
  }
  session.is_request_seen = true;
  session.phase = protocol::TlsPhase::kReleaseDue;
  return {};
}

Progress send_keys(Session& session, const keys::ShardKeys& keys) {
  const auto message = keys.to_sealed();
  const auto sent = session.tls.send(message.view());
  if (!sent) return tls_obstacle(sent.error());
  session.phase = protocol::TlsPhase::kDone;
  return {};
}

}  // namespace substratee::enclave::provisioning
