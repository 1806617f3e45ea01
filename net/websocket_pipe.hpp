#pragma once

/// What server and client share of a WebSocket: the stream and the bounded queue before it.
/// Private to server.cpp and beast_client.cpp: this header includes Beast.

#include "net/memory_pot.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>

#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <string>

namespace substratee::net {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;

/// Failures of the network are values here, not exceptions.
inline constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);

/// Shared: by the coroutines that read and write, and by the handles given to others. A handle may outlive its server,
/// therefore it also holds the io_context. After finish() no handle reaches the io_context any more.
class WebSocketPipe : public std::enable_shared_from_this<WebSocketPipe> {
 public:
  enum class Sent { kQueued, kClosed, kFull };

  /// `share`: where what waits to be sent is booked; without one only `max_queued` bounds it.
  WebSocketPipe(std::shared_ptr<asio::io_context> io, beast::tcp_stream tcp, std::size_t max_queued,
                std::shared_ptr<MemoryShare> share = nullptr)
      : io_(std::move(io)),
        stream_(std::move(tcp)),
        drained_(*io_),
        goodbye_(*io_),
        max_queued_(max_queued),
        share_(std::move(share)) {
    // Once: to set it again would wake whoever waits already, and two who wait would wake each other for ever.
    drained_.expires_at(asio::steady_timer::time_point::max());
  }

  /// On the I/O thread only.
  websocket::stream<beast::tcp_stream>& stream() { return stream_; }

  /// Any thread. kFull also ends the connection: the peer does not take what it asked for.
  Sent send(std::string text) {
    const std::lock_guard lock(mutex_);
    if (!is_open_) return Sent::kClosed;
    if (queued_ + text.size() > max_queued_ || (share_ && !share_->take(text.size()))) {
      is_open_ = false;
      asio::post(*io_, [self = shared_from_this()] { self->abort(); });
      return Sent::kFull;
    }
    queued_ += text.size();
    outbox_.push_back(std::move(text));
    // Posted under the lock: finish() takes it too, so that the io_context still runs.
    if (!std::exchange(is_writing_, true)) {
      asio::post(*io_, [self = shared_from_this()] { asio::co_spawn(*self->io_, write_all(self), asio::detached); });
    }
    return Sent::kQueued;
  }

  /// Any thread: a close frame, and the end at the latest after a second.
  void close() {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(is_open_, false)) return;
    asio::post(*io_, [self = shared_from_this()] {
      if (self->is_finished_) return;
      asio::co_spawn(*self->io_, say_goodbye(self), asio::detached);
      self->goodbye_.expires_after(std::chrono::seconds(1));
      self->goodbye_.async_wait([self](beast::error_code error) {
        if (!error) self->abort();
      });
    });
  }

  [[nodiscard]] bool is_open() const {
    const std::lock_guard lock(mutex_);
    return is_open_;
  }

  /// I/O thread: ends without a word.
  void abort() {
    {
      const std::lock_guard lock(mutex_);
      is_open_ = false;
      for (const auto& text : outbox_) release(text.size());
      outbox_.clear();
    }
    beast::get_lowest_layer(stream_).close();
    drained_.cancel();
  }

  /// I/O thread, the reader's last act.
  void finish() {
    abort();
    goodbye_.cancel();
    // Ends Beast's own timer, which would keep the io_context busy as long as someone holds this.
    using Timeouts = websocket::stream_base;
    stream_.set_option(Timeouts::timeout{Timeouts::none(), Timeouts::none(), false});
    is_finished_ = true;
  }

  /// Any thread: the peer takes its answers slowly.
  [[nodiscard]] bool is_crowded() const {
    const std::lock_guard lock(mutex_);
    return is_open_ && queued_ > max_queued_ / 16;
  }

  /// I/O thread: one who does not read our answers does not get to ask more.
  asio::awaitable<void> wait_until_drained() {
    while (is_crowded()) co_await drained_.async_wait(kAsTuple);
  }

 private:
  static asio::awaitable<void> write_all(std::shared_ptr<WebSocketPipe> self) {
    std::string text;
    while (self->take(text)) {
      const auto [error, size] = co_await self->stream_.async_write(asio::buffer(text), kAsTuple);
      if (error) self->abort();
    }
    self->drained_.cancel();
  }

  static asio::awaitable<void> say_goodbye(std::shared_ptr<WebSocketPipe> self) {
    co_await self->stream_.async_close(websocket::close_code::normal, kAsTuple);
  }

  /// `text` was written; the next one takes its place. False if there is none.
  bool take(std::string& text) {
    const std::lock_guard lock(mutex_);
    release(text.size());
    text.clear();
    if (queued_ <= max_queued_ / 32) drained_.cancel();
    if (!is_open_ || outbox_.empty()) {
      is_writing_ = false;
      return false;
    }
    text = std::move(outbox_.front());
    outbox_.pop_front();
    return true;
  }

  /// Under the lock.
  void release(std::size_t bytes) {
    queued_ -= bytes;
    if (share_) share_->give(bytes);
  }

  const std::shared_ptr<asio::io_context> io_;
  websocket::stream<beast::tcp_stream> stream_;
  asio::steady_timer drained_;
  asio::steady_timer goodbye_;
  bool is_finished_ = false;
  const std::size_t max_queued_;
  const std::shared_ptr<MemoryShare> share_;
  mutable std::mutex mutex_;
  std::deque<std::string> outbox_;
  std::size_t queued_ = 0;
  bool is_writing_ = false;
  bool is_open_ = true;
};

}  // namespace substratee::net
