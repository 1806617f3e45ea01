#include "worker/provisioning_relay/tcp_wires.hpp"

#include "net/url.hpp"

#include <fmt/format.h>

namespace substratee::worker::provisioning_relay {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kConnectTimeout{5'000};
constexpr milliseconds kSendTimeout{5'000};
constexpr milliseconds kReadTimeout{120'000};  ///< the relay closes long before
constexpr milliseconds kAcceptTimeout{60'000};
/// More than the enclave's sessions: the relay turns the surplus away.
constexpr std::size_t kMaxWires = 2 * protocol::kMaxProvisioningSessions;
constexpr std::size_t kReadSize = std::size_t{16} * 1024;

std::unexpected<Failure> peer_failure(const net::Failure& failure, std::string_view next_step) {
  return fail(FailureCode::kPeer, failure.thing, std::string(next_step));
}

}  // namespace

Result<std::unique_ptr<TcpWires>> TcpWires::listen(const std::string& address, std::uint16_t port,
                                                   std::function<void()> on_event) {
  auto listener = net::TcpListener::bind(address, port);
  if (!listener) {
    return fail(
        FailureCode::kOption,
        fmt::format("the provisioning address {}:{} cannot be used ({})", address, port, listener.error().thing),
        "give another --provisioning-address or --provisioning-port");
  }
  return std::unique_ptr<TcpWires>(new TcpWires(*std::move(listener), std::move(on_event)));
}

TcpWires::TcpWires(std::unique_ptr<net::TcpListener> listener, std::function<void()> on_event)
    : listener_(std::move(listener)), on_event_(std::move(on_event)), acceptor_([this] { accept_all(); }) {}

TcpWires::~TcpWires() {
  std::vector<std::thread> threads;
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    for (auto& [id, wire] : wires_) {
      wire.stream->close();
      threads.push_back(std::move(wire.reader));
    }
    for (auto& thread : finished_) threads.push_back(std::move(thread));
  }
  listener_->stop();
  acceptor_.join();
  for (auto& thread : threads) thread.join();
}

void TcpWires::accept_all() {
  while (true) {
    auto stream = listener_->accept(kAcceptTimeout);
    if (stream) {
      add(*std::move(stream), true);
      continue;
    }
    if (stream.error().code == net::FailureCode::kClosed) return;
    if (stream.error().code == net::FailureCode::kSystem) std::this_thread::sleep_for(milliseconds(100));
  }
}

WireId TcpWires::add(std::unique_ptr<net::TcpStream> stream, bool is_accepted) {
  const std::shared_ptr<net::TcpStream> shared = std::move(stream);
  WireId id = 0;
  {
    const std::lock_guard lock(mutex_);
    if (is_stopping_ || (is_accepted && wires_.size() >= kMaxWires)) {
      shared->close();
      return 0;
    }
    id = next_++;
    if (is_accepted) events_.push_back({id, WireAccepted{shared->peer_address()}});
    wires_[id] = {shared, std::thread([this, id, shared] { read_all(id, shared); })};
  }
  on_event_();
  return id;
}

void TcpWires::read_all(WireId wire, const std::shared_ptr<net::TcpStream>& stream) {
  Bytes buffer(kReadSize);
  while (true) {
    const auto size = stream->read_some(buffer, kReadTimeout);
    if (!size || *size == 0) {
      push({wire, WireClosed{size ? "the peer closed the connection" : size.error().thing}});
      return;
    }
    push({wire, WireBytes{to_bytes(ByteView(buffer).first(*size))}});
  }
}

void TcpWires::push(WireEvent event) {
  {
    const std::lock_guard lock(mutex_);
    if (!wires_.contains(event.wire)) return;
    events_.push_back(std::move(event));
  }
  on_event_();
}

Result<WireId> TcpWires::dial(const std::string& url) {
  const auto parsed = net::Url::parse(url);
  if (!parsed || parsed->scheme != "tcp") {
    return fail(FailureCode::kPeer, fmt::format("\"{}\" is no tcp://host:port", url),
                "that worker has to register a proper one");
  }
  auto stream = net::TcpStream::connect(parsed->host, parsed->port, kConnectTimeout);
  if (!stream) return peer_failure(stream.error(), "is that worker running?");
  const auto id = add(*std::move(stream), false);
  if (id == 0) return fail(FailureCode::kPeer, "the worker is stopping", {});
  return id;
}

Result<void> TcpWires::send(WireId wire, ByteView bytes) {
  std::shared_ptr<net::TcpStream> stream;
  {
    const std::lock_guard lock(mutex_);
    const auto found = wires_.find(wire);
    if (found != wires_.end()) stream = found->second.stream;
  }
  if (!stream) return fail(FailureCode::kPeer, "the connection is gone", {});
  const auto sent = stream->write_all(bytes, kSendTimeout);
  if (!sent) return peer_failure(sent.error(), {});
  return {};
}

void TcpWires::close(WireId wire) {
  std::vector<std::thread> finished;
  {
    const std::lock_guard lock(mutex_);
    const auto found = wires_.find(wire);
    if (found == wires_.end()) return;
    found->second.stream->close();
    finished = std::move(finished_);
    finished_.clear();
    finished_.push_back(std::move(found->second.reader));
    wires_.erase(found);
    std::erase_if(events_, [&](const WireEvent& event) { return event.wire == wire; });
  }
  for (auto& thread : finished) thread.join();
}

std::vector<WireEvent> TcpWires::take_events() {
  const std::lock_guard lock(mutex_);
  return std::exchange(events_, {});
}

}  // namespace substratee::worker::provisioning_relay
