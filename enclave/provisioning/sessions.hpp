#pragma once

/// The MU-RA sessions of an enclave: joiner or provider, each a TLS connection and where it stands (design: start and
/// join). Peers are checked against the chain before anything but a certificate is sent.

#include "enclave/keys/shard_keys.hpp"
#include "enclave/provisioning/peer.hpp"
#include "enclave/provisioning/tls_session.hpp"

#include <map>

namespace substratee::enclave::provisioning {

struct Session {
  Role role{};
  primitives::BlockNumber started = 0;  ///< head when it began: no older proof counts
  TlsSession tls;
  protocol::TlsPhase phase = protocol::TlsPhase::kHandshake;
  bool is_peer_checked = false;
  bool is_request_seen = false;
  std::optional<PeerFacts> peer = std::nullopt;                 ///< joiner: from the start; provider: once checked
  std::optional<registry::KeyReleased> release = std::nullopt;  ///< provider: the entry that must be final
};

class Sessions {
 public:
  /// Nothing when all places are taken.
  [[nodiscard]] std::optional<std::uint64_t> add(Session session);
  [[nodiscard]] Session* find(std::uint64_t id) noexcept;
  void close(std::uint64_t id) { sessions_.erase(id); }
  void clear() { sessions_.clear(); }
  /// Ends those that began too many blocks ago.
  void expire(primitives::BlockNumber head);
  /// Why find() gives nothing: the session ended by time (kSessionExpired; kReleaseMissing when only its release was
  /// missing), or nobody knows it.
  [[nodiscard]] protocol::Refused refuse_missing(std::uint64_t id) const;

 private:
  std::map<std::uint64_t, Session> sessions_;
  std::map<std::uint64_t, protocol::Refusal> expired_;  // the newest ones
  std::uint64_t next_id_ = 1;
};

/// What a message of the peer means, once the handshake and the peer's check are through.
using Progress = std::expected<void, Obstacle>;

/// Joiner: checks the provider's certificate, then asks for the shard.
[[nodiscard]] Progress advance_joiner(Session& session, chain::Proofs& proofs, const finality::VerifiedChain& chain,
                                      const registry::ShardId& shard);
/// The provisioning that arrived, checked against the charter and the shielding key on the chain; nothing yet = empty.
[[nodiscard]] std::expected<std::optional<keys::ShardKeys>, Obstacle> receive_keys(Session& session);

/// Provider: finds out who asks, checks it, reads its request; then the release is due.
[[nodiscard]] Progress advance_provider(Session& session, chain::Proofs& proofs, const finality::VerifiedChain& chain,
                                        const registry::ShardId& shard, const registry::AccountId& own);
/// After the release is final: everything on the record goes out.
[[nodiscard]] Progress send_keys(Session& session, const keys::ShardKeys& keys);

}  // namespace substratee::enclave::provisioning
