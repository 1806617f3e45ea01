#include "net/tcp.hpp"

#include "core/base/result.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace substratee::net {
namespace {

using Clock = std::chrono::steady_clock;
using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

std::string error_text(int error) { return std::generic_category().message(error); }

std::unexpected<Failure> system_failure(std::string_view what) {
  return fail(FailureCode::kSystem, fmt::format("{}: {}", what, error_text(errno)),
              "check free file descriptors and network settings");
}

/// Waits until one of `polled` is ready; false when the time is over.
bool wait_for(std::span<pollfd> polled, Clock::time_point deadline) {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    const int limited = static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
    const int ready = ::poll(polled.data(), polled.size(), limited);
    if (ready > 0) return true;
    if (ready == 0 && Clock::now() >= deadline) return false;
    if (ready < 0 && errno != EINTR) return true;  // the call that follows reports the error
  }
}

bool wait_for(int fd, short events, Clock::time_point deadline) {
  pollfd one{fd, events, 0};
  return wait_for({&one, 1}, deadline);
}

bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

std::string to_text(const sockaddr* address, socklen_t size) {
  char host[NI_MAXHOST] = {};
  const int failed = ::getnameinfo(address, size, host, sizeof host, nullptr, 0, NI_NUMERICHOST);
  return failed ? "unknown" : host;
}

/// Nothing if the name means nothing.
Addresses look_up(const std::string& host, std::uint16_t port, int flags) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) found = nullptr;
  return {found, &::freeaddrinfo};
}

Descriptor open_socket(const addrinfo& address) {
  Descriptor socket(::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int yes = 1;
  if (socket.get() >= 0) ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return socket;
}

Result<std::unique_ptr<TcpStream>> connect_one(const addrinfo& address, std::string_view name,
                                               Clock::time_point deadline) {
  Descriptor socket = open_socket(address);
  if (socket.get() < 0) return system_failure("opening a socket");
  int error = ::connect(socket.get(), address.ai_addr, address.ai_addrlen) == 0 ? 0 : errno;
  if (error == EINPROGRESS) {
    if (!wait_for(socket.get(), POLLOUT, deadline)) {
      return fail(FailureCode::kTimeout, fmt::format("connecting to {}", name), "check the address, or that it is up");
    }
    socklen_t size = sizeof error;
    ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  }
  if (error != 0) {
    return fail(FailureCode::kUnreachable, fmt::format("{}: {}", name, error_text(error)),
                "check the address, or that the server is started");
  }
  return std::make_unique<TcpStream>(std::move(socket), to_text(address.ai_addr, address.ai_addrlen));
}

std::unexpected<Failure> closed_here(const std::string& peer) {
  return fail(FailureCode::kClosed, "connection with " + peer, "it was ended on this side");
}

std::unexpected<Failure> lost(const std::string& peer, int error) {
  return fail(FailureCode::kClosed, fmt::format("connection with {}: {}", peer, error_text(error)), "connect again");
}

std::unexpected<Failure> late(std::string_view what, const std::string& peer) {
  return fail(FailureCode::kTimeout, fmt::format("{} {}", what, peer), "connect again, or allow more time");
}

std::uint16_t port_of(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                                             : reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

}  // namespace

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

TcpStream::TcpStream(Descriptor socket, std::string peer_address)
    : socket_(std::move(socket)), peer_address_(std::move(peer_address)) {}

Result<std::unique_ptr<TcpStream>> TcpStream::connect(const std::string& host, std::uint16_t port, Timeout timeout) {
  const auto deadline = Clock::now() + timeout;
  const auto name = fmt::format("{} port {}", host, port);
  const auto addresses = look_up(host, port, 0);
  Result<std::unique_ptr<TcpStream>> result =
      fail(FailureCode::kUnreachable, name + ": no such host", "check the host's name");
  for (const auto* address = addresses.get(); address && !result; address = address->ai_next) {
    result = connect_one(*address, name, deadline);
  }
  return result;
}

Result<std::size_t> TcpStream::read_some(MutableByteView out, Timeout timeout) {
  const auto deadline = Clock::now() + timeout;
  while (!closed_) {
    const auto size = ::recv(socket_.get(), out.data(), out.size(), 0);
    if (closed_) break;
    if (size >= 0) return static_cast<std::size_t>(size);
    if (!would_block(errno)) return lost(peer_address_, errno);
    if (!wait_for(socket_.get(), POLLIN, deadline)) return late("reading from", peer_address_);
  }
  return closed_here(peer_address_);
}

Result<void> TcpStream::read_exactly(MutableByteView out, Timeout timeout) {
  const auto deadline = Clock::now() + timeout;
  while (!out.empty()) {
    const auto left = std::chrono::ceil<Timeout>(deadline - Clock::now());
    const auto size = SUBSTRATEE_TRY(read_some(out, std::max(left, Timeout{0})));
    if (size == 0) {
      return fail(FailureCode::kClosed, fmt::format("{} finished with {} bytes missing", peer_address_, out.size()),
                  "connect again");
    }
    out = out.subspan(size);
  }
  return {};
}

Result<void> TcpStream::write_all(ByteView bytes, Timeout timeout) {
  const auto deadline = Clock::now() + timeout;
  while (!bytes.empty() && !closed_) {
    const auto size = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(size));
    } else if (closed_) {
      break;
    } else if (!would_block(errno)) {
      return lost(peer_address_, errno);
    } else if (!wait_for(socket_.get(), POLLOUT, deadline)) {
      return late("writing to", peer_address_);
    }
  }
  if (closed_) return closed_here(peer_address_);
  return {};
}

void TcpStream::shutdown_write() noexcept { ::shutdown(socket_.get(), SHUT_WR); }

void TcpStream::close() noexcept {
  // The descriptor stays until the destructor: closing it here would let another thread's poll see a reused number.
  closed_ = true;
  ::shutdown(socket_.get(), SHUT_RDWR);
}

TcpListener::TcpListener(Descriptor socket, Descriptor wake, std::uint16_t port)
    : socket_(std::move(socket)), wake_(std::move(wake)), port_(port) {}

Result<std::unique_ptr<TcpListener>> TcpListener::bind(const std::string& bind_address, std::uint16_t port) {
  const auto address = look_up(bind_address, port, AI_NUMERICHOST | AI_PASSIVE);
  if (!address) {
    return fail(FailureCode::kBadUrl, fmt::format("'{}' is not an IPv4 or IPv6 address", bind_address),
                "bind to 127.0.0.1, ::1, 0.0.0.0 or an address of this machine");
  }
  Descriptor socket = open_socket(*address);
  if (socket.get() < 0) return system_failure("opening a socket");
  const int yes = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (::bind(socket.get(), address->ai_addr, address->ai_addrlen) != 0 || ::listen(socket.get(), SOMAXCONN) != 0) {
    return fail(FailureCode::kSystem, fmt::format("listening on {} port {}: {}", bind_address, port, error_text(errno)),
                "choose another port, or end the program that holds it");
  }
  Descriptor wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (wake.get() < 0) return system_failure("opening an event");
  const auto bound = port_of(socket.get());
  return std::make_unique<TcpListener>(std::move(socket), std::move(wake), bound);
}

Result<std::unique_ptr<TcpStream>> TcpListener::accept(TcpStream::Timeout timeout) {
  const auto deadline = Clock::now() + timeout;
  while (true) {
    pollfd polled[2] = {{wake_.get(), POLLIN, 0}, {socket_.get(), POLLIN, 0}};
    if (!wait_for(polled, deadline)) {
      return fail(FailureCode::kTimeout, fmt::format("nobody connected to port {}", port_), "wait again");
    }
    if (polled[0].revents != 0) return fail(FailureCode::kClosed, fmt::format("port {}", port_), "it was stopped");
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    Descriptor socket(::accept4(socket_.get(), generic, &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket.get() >= 0) {
      const int yes = 1;
      ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
      return std::make_unique<TcpStream>(std::move(socket), to_text(generic, size));
    }
    // A client that left before it was accepted is no failure of ours.
    if (!would_block(errno) && errno != ECONNABORTED) return system_failure("accepting a connection");
  }
}

void TcpListener::stop() noexcept {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
}

}  // namespace substratee::net
