#include "worker/provisioning_relay/relay.hpp"

#include "core/primitives/ss58.hpp"

#include <fmt/format.h>

namespace substratee::worker::provisioning_relay {
namespace {

/// How often one input may be followed by "more" before the session counts as broken.
constexpr int kMaxRounds = 1'000;

bool is_loopback(std::string_view address) {
  return address == "::1" || address.starts_with("127.") || address.starts_with("::ffff:127.");
}

std::string name_of(const std::optional<AccountId>& account, const std::string& address) {
  return account ? fmt::format("{} ({})", primitives::to_ss58(*account), address) : address;
}

}  // namespace

Result<void> Relay::step(const Position& position) {
  for (const auto& event : wires_.take_events()) SUBSTRATEE_TRY(handle(event, position));
  return give_up_overdue(position);
}

Result<void> Relay::give_up_overdue(const Position& position) {
  std::vector<std::pair<WireId, std::string>> overdue;
  for (const auto& [wire, session] : sessions_) {
    const auto age = position.now - session.begun;
    const bool is_idle = session.role == Role::kProvider && session.phase == protocol::TlsPhase::kHandshake;
    if (is_idle && age >= kHandshakeTime) {
      overdue.emplace_back(wire, "the peer made no request in time");
    } else if (age >= kSessionTime && position.head >= session.begun_block + protocol::kProvisioningSessionBlocks) {
      overdue.emplace_back(wire, "the session took too long");
    }
  }
  for (auto& [wire, why] : overdue) SUBSTRATEE_TRY(give_up(wire, {FailureCode::kPeer, std::move(why), {}, {}}));
  return {};
}

Result<void> Relay::handle(const WireEvent& event, const Position& position) {
  if (const auto* accepted = std::get_if<WireAccepted>(&event.what))
    return accept(event.wire, accepted->peer_address, position);
  const auto found = sessions_.find(event.wire);
  if (found == sessions_.end()) return {};
  if (const auto* closed = std::get_if<WireClosed>(&event.what)) {
    return give_up(event.wire, {FailureCode::kPeer, closed->reason, {}, {}});
  }
  return take_bytes(event.wire, std::get<WireBytes>(event.what).bytes, position);
}

bool Relay::has_room_for(const std::string& peer_address) const {
  const auto same = std::ranges::count_if(sessions_, [&](const auto& entry) {
    return entry.second.role == Role::kProvider && entry.second.peer_name == peer_address;
  });
  return static_cast<std::size_t>(same) < (is_loopback(peer_address) ? kMaxFromHere : kMaxPerAddress);
}

Result<void> Relay::accept(WireId wire, const std::string& peer_address, const Position& position) {
  if (sessions_.size() >= protocol::kMaxProvisioningSessions) {
    wires_.close(wire);
    report_.warn(fmt::format("MU-RA: {} turned away: {} sessions are open already", peer_address, sessions_.size()));
    return {};
  }
  if (!has_room_for(peer_address)) {
    wires_.close(wire);
    report_.warn(fmt::format("MU-RA: {} turned away: it has sessions enough open already", peer_address));
    return {};
  }
  auto& session = sessions_[wire];
  session = {.role = Role::kProvider,
             .wire = wire,
             .peer_name = peer_address,
             .begun_block = position.head,
             .begun = position.now};
  return {};
}

Result<void> Relay::begin_providing(Session& session, const Position& position) {
  auto reply = conversation_.ask_for<protocol::Tls>(protocol::ProvideBegin{});
  if (!reply) return give_up(session.wire, std::move(reply).error());
  session.enclave_session = reply->session;
  return advance(session, *std::move(reply), position);
}

/// Who connects and says nothing gets no session of the enclave, of which there are few.
Result<void> Relay::take_bytes(WireId wire, Bytes bytes, const Position& position) {
  auto& session = sessions_.at(wire);
  if (!session.enclave_session) {
    SUBSTRATEE_TRY(begin_providing(session, position));
    if (!sessions_.contains(wire)) return {};
  }
  return feed(session, std::move(bytes), position);
}

Result<void> Relay::join(const chain_follower::PeerWorker& provider, const Position& position) {
  report_.connecting(provider.account, provider.provisioning_url);
  const auto wire = SUBSTRATEE_TRY(wires_.dial(provider.provisioning_url));
  auto& session = sessions_[wire];
  session = {.role = Role::kJoiner,
             .wire = wire,
             .peer = provider.account,
             .peer_name = provider.provisioning_url,
             .begun_block = position.head,
             .begun = position.now};
  joining_ = wire;
  auto reply = conversation_.ask_for<protocol::Tls>(protocol::JoinBegin{provider.account});
  if (!reply) return give_up(wire, std::move(reply).error());
  session.enclave_session = reply->session;
  return advance(session, *std::move(reply), position);
}

Result<void> Relay::feed(Session& session, Bytes bytes, const Position& position) {
  auto reply = conversation_.ask_for<protocol::Tls>(protocol::TlsInput{*session.enclave_session, {std::move(bytes)}});
  if (!reply) return give_up(session.wire, std::move(reply).error());
  return advance(session, *std::move(reply), position);
}

Result<void> Relay::advance(Session& session, protocol::Tls reply, const Position& position) {
  for (int round = 0; round < kMaxRounds; ++round) {
    session.phase = reply.phase;
    if (reply.peer) session.peer = reply.peer;
    if (!reply.bytes.value.empty()) {
      auto sent = wires_.send(session.wire, reply.bytes.value);
      if (!sent) return give_up(session.wire, std::move(sent).error());
    }
    if (!reply.more) {
      if (session.phase == protocol::TlsPhase::kReleaseDue && !session.is_release_sent)
        return release(session, position);
      if (session.phase == protocol::TlsPhase::kDone) return finish(session, position);
      return {};
    }
    auto next = conversation_.ask_for<protocol::Tls>(protocol::TlsInput{*session.enclave_session, {}});
    if (!next) return give_up(session.wire, std::move(next).error());
    reply = *std::move(next);
  }
  return give_up(session.wire, {FailureCode::kPeer, "the session does not come to an end", {}, {}});
}

Result<void> Relay::release(Session& session, const Position& position) {
  const auto hints = chain_.hints(position.self);
  if (!hints) return give_up(session.wire, hints.error());
  const auto extrinsic =
      conversation_.ask_for<protocol::Extrinsic>(protocol::ComposeRelease{*session.enclave_session, *hints});
  if (!extrinsic) return give_up(session.wire, extrinsic.error());
  const auto sent =
      submissions_.send(chain_follower::Purpose::kRelease, *session.enclave_session, *extrinsic, position.head);
  if (!sent) return give_up(session.wire, sent.error());
  session.is_release_sent = true;
  return {};
}

Result<void> Relay::released(std::uint64_t enclave_session, const std::optional<chain_follower::Found>& found) {
  for (auto& [wire, session] : sessions_) {
    if (session.role != Role::kProvider || session.enclave_session != enclave_session) continue;
    if (found && !found->error) {
      session.release_block = found->block;
      return {};
    }
    const auto why = found ? fmt::format("the chain refuses the release: {}", *found->error)
                           : std::string("the release was not included in time");
    return give_up(wire, {FailureCode::kPeer, why, {}, {}});
  }
  return {};
}

Result<void> Relay::poll(const Position& position) {
  std::vector<WireId> waiting;
  for (const auto& [wire, session] : sessions_) {
    if (session.phase != protocol::TlsPhase::kHandshake) waiting.push_back(wire);
  }
  for (const auto wire : waiting) {
    const auto found = sessions_.find(wire);
    if (found != sessions_.end()) SUBSTRATEE_TRY(feed(found->second, {}, position));
  }
  return {};
}

Result<void> Relay::finish(Session& session, const Position& position) {
  const auto took = position.now - session.begun;
  if (session.role == Role::kProvider) {
    report_.keys_sent(session.peer.value_or(AccountId{}), position.epoch, session.release_block, took);
  } else {
    const auto status = SUBSTRATEE_TRY(conversation_.ask_for<protocol::Status>(protocol::GetStatus{}));
    has_joined_ = true;
    report_.keys_received(session.peer.value_or(AccountId{}), status.epoch, took);
  }
  return close(session.wire);
}

Result<void> Relay::give_up(WireId wire, Failure why) {
  const auto found = sessions_.find(wire);
  if (found != sessions_.end()) {
    const auto& session = found->second;
    const auto* doing = session.role == Role::kJoiner ? "joining with" : "provisioning";
    report_.warn(
        fmt::format("MU-RA: {} {} failed: {}", doing, name_of(session.peer, session.peer_name), why.to_string()));
  }
  if (why.ends_the_worker()) return std::unexpected(std::move(why));
  return close(wire);
}

Result<void> Relay::close(WireId wire) {
  const auto found = sessions_.find(wire);
  const auto enclave_session = found == sessions_.end() ? std::nullopt : found->second.enclave_session;
  wires_.close(wire);
  sessions_.erase(wire);
  if (joining_ == wire) joining_ = 0;
  if (!enclave_session) return {};
  // A session that the enclave has already forgotten is refused: nothing is wrong then.
  SUBSTRATEE_TRY(conversation_.ask(protocol::TlsClose{*enclave_session}));
  return {};
}

}  // namespace substratee::worker::provisioning_relay
