#pragma once

/// MU-RA's untrusted middle: carries TLS bytes between peers and the own enclave, which does all the rest. Up to eight
/// sessions as provider, at most one as joiner. A connection costs the enclave a session only when it says something.
/// A session that fails is closed and said; nothing here ends the worker but the enclave's own end. No clock, no
/// socket: time and events come in.

#include "worker/base/report.hpp"
#include "worker/chain_follower/submissions.hpp"
#include "worker/conversation/conversation.hpp"
#include "worker/provisioning_relay/wires.hpp"

#include <map>

namespace substratee::worker::provisioning_relay {

/// Where the enclave stands, as the relay needs it.
struct Position {
  AccountId self;
  BlockNumber head = 0;
  registry::Epoch epoch = 0;
  Millis now{0};
};

class Relay {
 public:
  /// A session lives this long or kProvisioningSessionBlocks, whichever is longer.
  static constexpr Millis kSessionTime{30'000};
  /// A joiner that has not made its request by then gives its place to another.
  static constexpr Millis kHandshakeTime{5'000};
  /// Provider: connections from one address at a time; from this machine, where several workers may run, more.
  static constexpr std::size_t kMaxPerAddress = 2;
  static constexpr std::size_t kMaxFromHere = 4;
  /// A joiner whose peer says nothing for so long tries the next one.
  static constexpr Millis kJoinSilence{30'000};

  Relay(conversation::Conversation& conversation, chain_follower::Chain& chain,
        chain_follower::Submissions& submissions, Wires& wires, Report& report)
      : conversation_(conversation), chain_(chain), submissions_(submissions), wires_(wires), report_(report) {}

  /// Handles what has arrived. Failures that end the worker only.
  [[nodiscard]] Result<void> step(const Position& position);
  /// A new block was imported: a release may be final now.
  [[nodiscard]] Result<void> poll(const Position& position);
  /// A release was included, or not (nothing), or its call failed.
  [[nodiscard]] Result<void> released(std::uint64_t session, const std::optional<chain_follower::Found>& found);

  /// Joiner: begins with this member. kPeer or kRefused if that fails at once.
  [[nodiscard]] Result<void> join(const chain_follower::PeerWorker& provider, const Position& position);
  [[nodiscard]] bool is_joining() const noexcept { return joining_ != 0; }
  /// True once after keys have been received.
  [[nodiscard]] bool take_joined() noexcept { return std::exchange(has_joined_, false); }

 private:
  enum class Role : std::uint8_t { kProvider, kJoiner };
  struct Session {
    Role role{};
    WireId wire = 0;
    std::optional<std::uint64_t> enclave_session = std::nullopt;
    std::optional<AccountId> peer = std::nullopt;
    std::string peer_name;  ///< address or URL, for people
    protocol::TlsPhase phase{};
    bool is_release_sent = false;
    BlockNumber release_block = 0;
    BlockNumber begun_block = 0;
    Millis begun{0};
  };

  [[nodiscard]] Result<void> handle(const WireEvent& event, const Position& position);
  [[nodiscard]] Result<void> accept(WireId wire, const std::string& peer_address, const Position& position);
  [[nodiscard]] bool has_room_for(const std::string& peer_address) const;
  [[nodiscard]] Result<void> begin_providing(Session& session, const Position& position);
  [[nodiscard]] Result<void> take_bytes(WireId wire, Bytes bytes, const Position& position);
  [[nodiscard]] Result<void> give_up_overdue(const Position& position);
  [[nodiscard]] Result<void> feed(Session& session, Bytes bytes, const Position& position);
  [[nodiscard]] Result<void> advance(Session& session, protocol::Tls reply, const Position& position);
  [[nodiscard]] Result<void> release(Session& session, const Position& position);
  [[nodiscard]] Result<void> finish(Session& session, const Position& position);
  /// Says why and lets go of it; the failure itself only if it ends the worker.
  [[nodiscard]] Result<void> give_up(WireId wire, Failure why);
  [[nodiscard]] Result<void> close(WireId wire);

  conversation::Conversation& conversation_;
  chain_follower::Chain& chain_;
  chain_follower::Submissions& submissions_;
  Wires& wires_;
  Report& report_;
  std::map<WireId, Session> sessions_;
  WireId joining_ = 0;
  bool has_joined_ = false;
};

}  // namespace substratee::worker::provisioning_relay
