#pragma once

/// Which handler answers which path. Filled before the server starts, only read afterwards.

#include "net/http.hpp"
#include "net/websocket_session.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace substratee::net {

using HttpHandler = std::function<Response(const Request&)>;

class Routes {
 public:
  /// `path` matches itself; if it ends in '/' (and is not "/" alone) also all beneath it. The longest match wins.
  void add(std::string method, std::string path, HttpHandler handler);
  void add_websocket(std::string path, WebSocketHandlers handlers);

  /// The handler's answer, or 404, or 405 with Allow, or 500 if the handler throws.
  [[nodiscard]] Response answer(const Request& request) const;

  /// "GET, HEAD, OPTIONS" for a known path, empty for an unknown one.
  [[nodiscard]] std::string allowed_methods(std::string_view path) const;

  /// nullptr if no WebSocket lives at exactly this path.
  [[nodiscard]] const WebSocketHandlers* websocket(std::string_view path) const;

 private:
  using ByMethod = std::map<std::string, HttpHandler, std::less<>>;

  [[nodiscard]] const ByMethod* find(std::string_view path) const;

  std::map<std::string, ByMethod, std::less<>> paths_;
  std::map<std::string, WebSocketHandlers, std::less<>> websockets_;
};

}  // namespace substratee::net
