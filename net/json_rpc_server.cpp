#include "net/json_rpc_server.hpp"

#include "net/json_rpc_desk.hpp"

namespace substratee::net {

JsonRpcServer::JsonRpcServer(JsonRpcOptions options) : desk_(std::make_shared<JsonRpcDesk>(std::move(options))) {}
JsonRpcServer::~JsonRpcServer() = default;

void JsonRpcServer::method(std::string name, MethodHandler handler) {
  desk_->add_method(std::move(name),
                    [handler = std::move(handler)](const json::array& params, Caller&) { return handler(params); });
}

void JsonRpcServer::caller_method(std::string name, CallerHandler handler) {
  desk_->add_method(std::move(name), std::move(handler));
}

void JsonRpcServer::alias(std::string new_name, std::string old_name) {
  desk_->add_alias(std::move(new_name), old_name);
}

void JsonRpcServer::subscription(SubscriptionNames names, SubscribeHandler on_subscribe, SubscriptionRules rules) {
  desk_->add_subscription(std::move(names), std::move(on_subscribe), std::move(rules));
}

void JsonRpcServer::name_params(const std::string& method, std::vector<std::string> names) {
  desk_->name_params(method, std::move(names));
}

std::size_t JsonRpcServer::max_response() const noexcept { return desk_->options().max_response; }

void JsonRpcServer::mount(Server& server, const std::string& path) {
  server.route("POST", path, [desk = desk_](const Request& request) {
    auto text = desk->answer_post(request.body, request.peer_address);
    return text.empty() ? Response::text(204, {}) : Response::json(200, std::move(text));
  });
  using Session = std::shared_ptr<WebSocketSession>;
  server.websocket(path, {.on_open = [desk = desk_](const Session& session) { desk->open(session); },
                          .on_text = [desk = desk_](const Session& session,
                                                    const std::string& text) { desk->receive(session, text); },
                          .on_close = [desk = desk_](const Session& session) { desk->close(session); }});
}

std::string JsonRpcServer::answer(std::string_view text) const { return desk_->answer_post(text, {}); }

}  // namespace substratee::net
