#include "net/routes.hpp"

#include "core/base/check.hpp"

namespace substratee::net {

void Routes::add(std::string method, std::string path, HttpHandler handler) {
  SUBSTRATEE_CHECK(path.starts_with('/'));
  const bool is_new = paths_[std::move(path)].emplace(std::move(method), std::move(handler)).second;
  SUBSTRATEE_CHECK(is_new);
}

void Routes::add_websocket(std::string path, WebSocketHandlers handlers) {
  SUBSTRATEE_CHECK(path.starts_with('/'));
  const bool is_new = websockets_.emplace(std::move(path), std::move(handlers)).second;
  SUBSTRATEE_CHECK(is_new);
}

const Routes::ByMethod* Routes::find(std::string_view path) const {
  if (const auto exact = paths_.find(path); exact != paths_.end()) return &exact->second;
  for (auto slash = path.rfind('/'); slash != std::string_view::npos && slash > 0; slash = path.rfind('/', slash - 1)) {
    if (const auto beneath = paths_.find(path.substr(0, slash + 1)); beneath != paths_.end()) return &beneath->second;
  }
  return nullptr;
}

Response Routes::answer(const Request& request) const {
  const auto* methods = find(request.path);
  if (!methods) return Response::text(404, "Nothing is at this path.\n");
  const auto handler = methods->find(request.method);
  if (handler == methods->end()) {
    auto response = Response::text(405, "This path does not take this method; see the header Allow.\n");
    response.headers.emplace_back("Allow", allowed_methods(request.path));
    return response;
  }
  try {
    return handler->second(request);
  } catch (...) {
    return Response::text(500, "The server failed to answer; its log may say why.\n");
  }
}

std::string Routes::allowed_methods(std::string_view path) const {
  const auto* methods = find(path);
  std::string out;
  if (!methods) return out;
  for (const auto& [method, handler] : *methods) out += method + (method == "GET" ? ", HEAD, " : ", ");
  return out + "OPTIONS";
}

const WebSocketHandlers* Routes::websocket(std::string_view path) const {
  const auto found = websockets_.find(path);
  return found == websockets_.end() ? nullptr : &found->second;
}

}  // namespace substratee::net
