#pragma once

/// Wires over TCP: a listener, and one reading thread for each connection.

#include "net/tcp.hpp"
#include "worker/provisioning_relay/wires.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

namespace substratee::worker::provisioning_relay {

class TcpWires final : public Wires {
 public:
  /// Listens; `on_event` is called from other threads when there is something to take. kOption if the address is taken.
  [[nodiscard]] static Result<std::unique_ptr<TcpWires>> listen(const std::string& address, std::uint16_t port,
                                                                std::function<void()> on_event);
  ~TcpWires() override;

  [[nodiscard]] std::uint16_t port() const noexcept { return listener_->port(); }

  Result<WireId> dial(const std::string& url) override;
  Result<void> send(WireId wire, ByteView bytes) override;
  void close(WireId wire) override;
  std::vector<WireEvent> take_events() override;

 private:
  /// A stream is shared by its reading thread and whoever sends.
  struct Wire {
    std::shared_ptr<net::TcpStream> stream;
    std::thread reader;
  };

  TcpWires(std::unique_ptr<net::TcpListener> listener, std::function<void()> on_event);
  void accept_all();
  WireId add(std::unique_ptr<net::TcpStream> stream, bool is_accepted);
  void read_all(WireId wire, const std::shared_ptr<net::TcpStream>& stream);
  void push(WireEvent event);

  const std::unique_ptr<net::TcpListener> listener_;
  const std::function<void()> on_event_;
  std::mutex mutex_;
  std::map<WireId, Wire> wires_;
  std::vector<std::thread> finished_;  ///< readers of closed connections, to be joined
  std::vector<WireEvent> events_;
  WireId next_ = 1;
  bool is_stopping_ = false;
  std::thread acceptor_;
};

}  // namespace substratee::worker::provisioning_relay
