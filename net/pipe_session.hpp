#pragma once

/// What handlers hold of a WebSocket of the server. Private to server.cpp: this header includes Beast.

#include "net/websocket_pipe.hpp"
#include "net/websocket_session.hpp"

namespace substratee::net {

/// The public handle of a WebSocket.
class PipeSession final : public WebSocketSession {
 public:
  PipeSession(std::shared_ptr<WebSocketPipe> pipe, std::string peer) : pipe_(std::move(pipe)), peer_(std::move(peer)) {}

  bool send(std::string text) override { return pipe_->send(std::move(text)) == WebSocketPipe::Sent::kQueued; }
  void close() override { pipe_->close(); }
  bool is_open() const override { return pipe_->is_open(); }
  const std::string& peer_address() const override { return peer_; }

 private:
  const std::shared_ptr<WebSocketPipe> pipe_;
  const std::string peer_;
};

}  // namespace substratee::net
