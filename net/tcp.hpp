#pragma once

/// Plain TCP, blocking with time limits; for protocols that bring their own framing and encryption.

#include "core/base/bytes.hpp"
#include "net/failure.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace substratee::net {

/// A file descriptor that is closed with its owner.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) noexcept : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor();
  [[nodiscard]] int get() const noexcept { return fd_; }

 private:
  int fd_;
};

/// One thread may read while another writes. A time limit covers the whole call; zero tries once.
class TcpStream {
 public:
  using Timeout = std::chrono::milliseconds;

  /// `host` is a name, an IPv4 or an IPv6 address; each of a name's addresses is tried. The time limit does not cover
  /// the look-up of a name. Failures: kUnreachable, kTimeout, kSystem.
  [[nodiscard]] static Result<std::unique_ptr<TcpStream>> connect(const std::string& host, std::uint16_t port,
                                                                  Timeout timeout);
  TcpStream(Descriptor socket, std::string peer_address);
  TcpStream(const TcpStream&) = delete;
  TcpStream& operator=(const TcpStream&) = delete;

  /// At least one byte; 0 if the peer has finished sending. Failures: kTimeout, kClosed.
  [[nodiscard]] Result<std::size_t> read_some(MutableByteView out, Timeout timeout);

  /// Fills `out`; fails with kClosed if the peer finishes before.
  [[nodiscard]] Result<void> read_exactly(MutableByteView out, Timeout timeout);

  /// Failures: kTimeout (part may be sent), kClosed.
  [[nodiscard]] Result<void> write_all(ByteView bytes, Timeout timeout);

  /// Nothing more will be sent; reading goes on.
  void shutdown_write() noexcept;

  /// Ends both directions. From any thread: calls that wait fail with kClosed. The descriptor goes with the object.
  void close() noexcept;

  /// Without port.
  [[nodiscard]] const std::string& peer_address() const noexcept { return peer_address_; }

 private:
  Descriptor socket_;
  std::string peer_address_;
  std::atomic<bool> closed_ = false;
};

class TcpListener {
 public:
  /// `bind_address` is an IPv4 or IPv6 address; port 0 takes any free one. Failures: kBadUrl, kSystem.
  [[nodiscard]] static Result<std::unique_ptr<TcpListener>> bind(const std::string& bind_address, std::uint16_t port);

  TcpListener(Descriptor socket, Descriptor wake, std::uint16_t port);
  TcpListener(const TcpListener&) = delete;
  TcpListener& operator=(const TcpListener&) = delete;

  /// Waits for a connection. Failures: kClosed after stop(), kTimeout, kSystem.
  [[nodiscard]] Result<std::unique_ptr<TcpStream>> accept(TcpStream::Timeout timeout);

  /// From any thread: accept fails with kClosed from now on.
  void stop() noexcept;

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

 private:
  Descriptor socket_;
  Descriptor wake_;
  std::uint16_t port_;
};

}  // namespace substratee::net
