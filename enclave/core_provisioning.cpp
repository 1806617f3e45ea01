#include "core/attestation/ratls/certificate.hpp"
#include "core/attestation/spki.hpp"
#include "core/registry/calls.hpp"
#include "enclave/core.hpp"

namespace substratee::enclave {

using protocol::Phase;
using protocol::Refusal;
using protocol::TlsPhase;
using provisioning::refuse;
using provisioning::Role;
using provisioning::Session;

namespace {

protocol::Reply to_reply(const provisioning::Obstacle& obstacle) {
  return std::visit([](const auto& why) -> protocol::Reply { return why; }, obstacle);
}

protocol::Tls outgoing(Session& session, std::uint64_t id) {
  protocol::Tls out;
  out.session = id;
  out.phase = session.phase;
  out.bytes.value = session.tls.output(protocol::kMaxTlsBytes);
  out.more = session.tls.has_output();
  if (session.is_peer_checked) out.peer = session.peer->entry.account;
  return out;
}

}  // namespace

/// A connection with a key and evidence of its own: nothing is shared between sessions.
std::expected<Session, protocol::Refused> Enclave::Core::begin_session(Role role) {
  const auto key = crypto::p256::KeyPair::draw(platform_.random());
  const auto evidence = attest(attestation::Purpose::kProvisioning, attestation::to_spki(key.public_key()));
  if (!evidence) return std::unexpected(evidence.error());
  const auto certificate = attestation::ratls::make_certificate(key, *evidence);
  if (!certificate) return std::unexpected(refuse(Refusal::kTlsFailed, attestation::to_string(certificate.error())));
  auto tls = provisioning::TlsSession::start(role, key, *certificate);
  if (!tls) return std::unexpected(refuse(Refusal::kTlsFailed, provisioning::to_string(tls.error())));
  return Session{.role = role, .started = chain_.head().number, .tls = *std::move(tls)};
}

protocol::Reply Enclave::Core::on(const protocol::JoinBegin& request) {
  if (!state_ || phase() != Phase::kJoining)
    return refuse(Refusal::kWrongPhase, "this enclave has nothing to join now");
  if (request.provider == identity_.account())
    return refuse(Refusal::kSelfConnection, "the provider is this very enclave");
  proofs_.begin(chain_.head().number);
  auto facts = provisioning::prove_peer(proofs_, chain_.head(), domain_.shard, request.provider);
  if (!facts) return to_reply(facts.error());
  if (facts->member.status != registry::MemberStatus::kActive) {
    return refuse(Refusal::kPeerNotActive, "only an Active member provides keys");
  }
  const auto& charter = facts->shard.charter;
  if (!provisioning::charter_allows(charter, platform_.measurement(), platform_.hardware(), platform_.root())) {
    return refuse(Refusal::kCharterRefused, "the shard's charter does not allow this program on this platform");
  }
  auto session = begin_session(Role::kClient);
  if (!session) return session.error();
  session->peer = *std::move(facts);
  return add_session(*std::move(session));
}

protocol::Reply Enclave::Core::on(const protocol::ProvideBegin&) {
  const auto* own = view_.member(identity_.account());
  const bool is_active = own != nullptr && own->status == registry::MemberStatus::kActive;
  if (!state_ || !is_live() || !is_active) return refuse(Refusal::kWrongPhase, "only an Active member provides keys");
  auto session = begin_session(Role::kServer);
  if (!session) return session.error();
  return add_session(*std::move(session));
}

protocol::Reply Enclave::Core::add_session(Session session) {
  const auto id = sessions_.add(std::move(session));
  if (!id) return refuse(Refusal::kTooManySessions, "eight provisioning sessions are open; try again later");
  return outgoing(*sessions_.find(*id), *id);
}

protocol::Reply Enclave::Core::on(const protocol::TlsInput& request) {
  auto* session = sessions_.find(request.session);
  if (session == nullptr) return sessions_.refuse_missing(request.session);
  const auto taken = session->tls.input(request.bytes.value);
  if (!taken) {
    sessions_.close(request.session);
    return refuse(Refusal::kTlsFailed, provisioning::to_string(taken.error()));
  }
  auto reply = session->role == Role::kClient ? advance_join(*session) : advance_provision(*session);
  if (std::holds_alternative<protocol::Refused>(reply)) sessions_.close(request.session);
  if (std::holds_alternative<protocol::Done>(reply)) return outgoing(*session, request.session);
  return reply;
}

/// Done: whatever is to be sent waits in the session.
protocol::Reply Enclave::Core::advance_join(Session& session) {
  const auto advanced = provisioning::advance_joiner(session, proofs_, chain_, domain_.shard);
  if (!advanced) return to_reply(advanced.error());
  if (session.phase != TlsPhase::kDone) {
    auto keys = provisioning::receive_keys(session);
    if (!keys) return to_reply(keys.error());
    if (!*keys) return protocol::Done{};
    if (phase() != Phase::kJoining) return refuse(Refusal::kWrongPhase, "this enclave has its keys already");
    keys_ = *std::move(*keys);
    blobs_.put(keys::kShardBlob, keys_->to_sealed().view());
  }
  if (const auto* blob = blobs_.waiting(keys::kShardBlob)) return protocol::Need{protocol::NeedStore{*blob}};
  return protocol::Done{};
}

protocol::Reply Enclave::Core::advance_provision(Session& session) {
  const auto advanced = provisioning::advance_provider(session, proofs_, chain_, domain_.shard, identity_.account());
  if (!advanced) return to_reply(advanced.error());
  if (session.phase != TlsPhase::kReleaseSent || !view_.is_released(*session.release)) return protocol::Done{};
  if (!release_still_holds(*session.release)) return refuse(Refusal::kPeerRefused, "the release no longer holds");
  const auto sent = provisioning::send_keys(session, *keys_);
  if (!sent) return to_reply(sent.error());
  return protocol::Done{};
}

/// Between the release and the keys both sides may have left, expired or been replaced: the journal says so.
bool Enclave::Core::release_still_holds(const registry::KeyReleased& release) const {
  const auto* own = view_.member(release.from);
  const auto* peer = view_.member(release.to);
  if (!keys_ || own == nullptr || own->status != registry::MemberStatus::kActive || peer == nullptr) return false;
  const bool is_out =
      peer->status == registry::MemberStatus::kQuarantined || peer->status == registry::MemberStatus::kExpired;
  return !is_out && peer->instance == release.to_instance;
}

protocol::Reply Enclave::Core::on(const protocol::TlsClose& request) {
  sessions_.close(request.session);
  return protocol::Done{};
}

protocol::Reply Enclave::Core::on(const protocol::ComposeRelease& request) {
  auto* session = sessions_.find(request.session);
  if (session == nullptr) return sessions_.refuse_missing(request.session);
  const bool is_due = session->phase == TlsPhase::kReleaseDue || session->phase == TlsPhase::kReleaseSent;
  if (session->role != Role::kServer || !is_due || !keys_) return refuse(Refusal::kWrongPhase, "no release is due");
  const auto& peer = session->peer->entry;
  const auto epoch = keys_->newest().epoch();
  session->release = registry::KeyReleased{domain_.shard, epoch,         identity_.account(),
                                           peer.account,  peer.instance, session->tls.session_id()};
  session->phase = TlsPhase::kReleaseSent;
  return sign(registry::RecordKeyRelease{domain_.shard, identity_.instance(), epoch, peer.account, peer.instance,
                                         session->release->session},
              request.hints);
}

}  // namespace substratee::enclave
