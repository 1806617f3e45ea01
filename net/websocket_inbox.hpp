#pragma once

/// Messages of one WebSocket between the reader and the worker that handles them, so that reading goes on meanwhile and
/// a worker takes many at once. Bounded. Belongs to the I/O thread. Private to server.cpp: this header includes Asio.

#include "net/memory_pot.hpp"
#include "net/websocket_pipe.hpp"

#include <deque>
#include <string>
#include <vector>

namespace substratee::net {

class WebSocketInbox {
 public:
  WebSocketInbox(asio::io_context& io, std::shared_ptr<MemoryShare> share) : changed_(io), share_(std::move(share)) {
    changed_.expires_at(asio::steady_timer::time_point::max());
  }

  /// The next whole message; nothing if the connection has ended, or holds too much.
  asio::awaitable<bool> read_from(WebSocketPipe& pipe) {
    std::size_t size = 0;
    do {
      const auto [error, count] = co_await pipe.stream().async_read_some(buffer_, kChunk, kAsTuple);
      if (error || !share_->take(count)) co_return false;
      size += count;
    } while (!pipe.stream().is_message_done());
    waiting_.emplace_back(static_cast<const char*>(buffer_.data().data()), size);
    bytes_ += size;
    buffer_.consume(size);
    // A client keeps no memory by having once sent a large message.
    if (buffer_.capacity() > kChunk) buffer_ = {};
    changed_.cancel();
    co_return true;
  }

  asio::awaitable<void> wait_for_room() {
    while (waiting_.size() >= kMaxMessages || bytes_ >= kMaxBytes) co_await wait();
  }

  /// False: there is nothing and nothing will come.
  asio::awaitable<bool> wait_for_message() {
    while (waiting_.empty() && !is_ended_) co_await wait();
    co_return !waiting_.empty();
  }

  /// For one turn of a worker, in order.
  std::vector<std::string> take(std::size_t max) {
    std::vector<std::string> out;
    while (!waiting_.empty() && out.size() < max) {
      bytes_ -= waiting_.front().size();
      out.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
    }
    return out;
  }
  /// What the worker did not come to, from `first`.
  void put_back(std::vector<std::string> rest, std::size_t first) {
    for (auto i = rest.size(); i > first; --i) {
      bytes_ += rest[i - 1].size();
      waiting_.push_front(std::move(rest[i - 1]));
    }
    changed_.cancel();
  }
  void handled(std::size_t bytes) { share_->give(bytes); }

  void end() {
    is_ended_ = true;
    changed_.cancel();
  }
  void finish() {
    is_finished_ = true;
    changed_.cancel();
  }
  asio::awaitable<void> wait_until_finished() {
    while (!is_finished_) co_await wait();
  }

 private:
  static constexpr std::size_t kChunk = std::size_t{64} << 10;
  static constexpr std::size_t kMaxMessages = 256;
  static constexpr std::size_t kMaxBytes = std::size_t{256} << 10;

  asio::awaitable<void> wait() { co_await changed_.async_wait(kAsTuple); }

  asio::steady_timer changed_;
  const std::shared_ptr<MemoryShare> share_;
  beast::flat_buffer buffer_;
  std::deque<std::string> waiting_;
  std::size_t bytes_ = 0;
  bool is_ended_ = false;
  bool is_finished_ = false;
};

}  // namespace substratee::net
