#pragma once

/// Connections that carry provisioning, as events: so that the relay needs no threads and tests no sockets.

#include "worker/base/failure.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace substratee::worker::provisioning_relay {

/// Numbers a connection, from 1, never used twice.
using WireId = std::uint64_t;

struct WireAccepted {
  std::string peer_address;
};
struct WireBytes {
  Bytes bytes;  ///< at most protocol::kMaxTlsBytes
};
struct WireClosed {
  std::string reason;
};
struct WireEvent {
  WireId wire = 0;
  std::variant<WireAccepted, WireBytes, WireClosed> what;
};

class Wires {
 public:
  virtual ~Wires() = default;
  /// "tcp://host:port". kPeer if nobody answers.
  [[nodiscard]] virtual Result<WireId> dial(const std::string& url) = 0;
  /// kPeer if the connection is gone.
  [[nodiscard]] virtual Result<void> send(WireId wire, ByteView bytes) = 0;
  /// No event of it comes afterwards.
  virtual void close(WireId wire) = 0;
  /// What has happened since the last call, in order for each connection.
  [[nodiscard]] virtual std::vector<WireEvent> take_events() = 0;
};

}  // namespace substratee::worker::provisioning_relay
