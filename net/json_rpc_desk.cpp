#include "net/json_rpc_desk.hpp"

#include "core/base/check.hpp"
#include "core/base/result.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace substratee::net {
namespace {

/// Addresses whose rate is remembered.
constexpr std::size_t kMaxAddresses = 4096;

std::unexpected<RpcError> rpc_error(int code, std::string message) {
  return std::unexpected(RpcError{code, std::move(message), std::nullopt});
}

std::string to_text(const json::value& id, const RpcResult& result, std::size_t max) {
  if (!result) return json::serialize(make_error_response(id, result.error()));
  // Put together as text: the result, which may be large, is not copied into a larger value first.
  auto text = R"({"jsonrpc":"2.0","id":)" + json::serialize(id) + R"(,"result":)" + json::serialize(*result) + "}";
  if (text.size() <= max) return text;
  return json::serialize(
      make_error_response(id, {kResponseTooLarge, "The answer is too large; ask for less", std::nullopt}));
}

std::string refusal(const json::value& id, int code, std::string message) {
  return json::serialize(make_error_response(id, {code, std::move(message), std::nullopt}));
}

/// "start_key" is "startKey".
bool is_same_name(std::string_view one, std::string_view other) {
  const auto plain = [](std::string_view name) {
    std::string out;
    for (const char letter : name) {
      if (letter != '_') out += static_cast<char>(letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter);
    }
    return out;
  };
  return plain(one) == plain(other);
}

}  // namespace

JsonRpcDesk::JsonRpcDesk(JsonRpcOptions options) : options_(std::move(options)) {
  add_method("rpc_methods", [this](const json::array&, Caller&) { return list_names(); });
}

void JsonRpcDesk::add(std::string name, std::shared_ptr<const Entry> entry) {
  SUBSTRATEE_CHECK(names_.insert(name).second);
  entries_.emplace(std::move(name), std::move(entry));
}

void JsonRpcDesk::add_method(std::string name, CallerHandler handler) {
  add(std::move(name), std::make_shared<const Entry>(std::move(handler)));
}

void JsonRpcDesk::add_alias(std::string new_name, const std::string& old_name) {
  SUBSTRATEE_CHECK(entries_.contains(old_name));
  add(std::move(new_name), entries_.at(old_name));
}

void JsonRpcDesk::add_subscription(SubscriptionNames names, SubscribeHandler on_subscribe, SubscriptionRules rules) {
  const auto kind = std::make_shared<const SubscriptionKind>(
      SubscriptionKind{std::move(names), std::move(on_subscribe), std::move(rules)});
  add(kind->names.subscribe, std::make_shared<const Entry>(Subscribe{kind}));
  add(kind->names.unsubscribe, std::make_shared<const Entry>(Unsubscribe{kind}));
}

void JsonRpcDesk::name_params(const std::string& method, std::vector<std::string> names) {
  SUBSTRATEE_CHECK(entries_.contains(method));
  SUBSTRATEE_CHECK(param_names_.emplace(entries_.at(method).get(), std::move(names)).second);
}

std::string JsonRpcDesk::answer_post(std::string_view text, std::string_view address) {
  JsonRpcConnection connection(nullptr, options_);
  auto out = answer(text, connection, [&] { return admit_address(address); });
  connection.answered();
  return out;
}

bool JsonRpcDesk::admit_address(std::string_view address) {
  if (options_.max_rate == 0 || address.empty()) return true;
  const auto now = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  if (const auto known = addresses_.find(address); known != addresses_.end()) return known->second.take(now);
  if (addresses_.size() >= kMaxAddresses) {
    std::erase_if(addresses_, [now](const auto& entry) { return entry.second.is_full(now); });
    if (addresses_.size() >= kMaxAddresses) return false;
  }
  return addresses_.emplace(address, TokenBucket(options_.max_rate, now)).first->second.take(now);
}

void JsonRpcDesk::open(const Session& session) {
  const std::lock_guard lock(mutex_);
  connections_.emplace(session.get(), std::make_shared<JsonRpcConnection>(session, options_));
}

void JsonRpcDesk::receive(const Session& session, std::string_view text) {
  const auto connection = find(session.get());
  auto response = answer(text, *connection, [&connection] { return connection->admit(); });
  if (!response.empty()) session->send(std::move(response));
  connection->answered();
}

void JsonRpcDesk::close(const Session& session) {
  const auto connection = find(session.get());
  {
    const std::lock_guard lock(mutex_);
    connections_.erase(session.get());
  }
  connection->end();
}

std::shared_ptr<JsonRpcConnection> JsonRpcDesk::find(const WebSocketSession* session) {
  const std::lock_guard lock(mutex_);
  return connections_.at(session);
}

std::string JsonRpcDesk::answer(std::string_view text, JsonRpcConnection& connection, const Admit& admit) {
  // A request is read into one piece of memory that is thrown away with it.
  std::array<unsigned char, 4096> first{};
  json::monotonic_resource memory(first.data(), first.size());
  const auto message = parse_json(text, kMaxJsonDepth, &memory);
  if (!message) return refusal(nullptr, kParseError, message.error());
  if (const auto* batch = message->if_array()) return answer_batch(*batch, connection, admit);
  return answer_one(*message, connection, admit);
}

std::string JsonRpcDesk::answer_batch(const json::array& batch, JsonRpcConnection& connection, const Admit& admit) {
  if (batch.empty()) return refusal(nullptr, kInvalidRequest, "Empty batch");
  if (batch.size() > options_.max_batch) {
    return refusal(nullptr, kBatchTooLong, fmt::format("A batch has at most {} requests", options_.max_batch));
  }
  std::string out;
  for (const auto& request : batch) {
    const auto response = answer_one(request, connection, admit);
    if (response.empty()) continue;
    out += out.empty() ? '[' : ',';
    out += response;
    if (out.size() > options_.max_response) {
      return refusal(nullptr, kBatchResponseTooLarge, "The answers of the batch are too large; send smaller batches");
    }
  }
  return out.empty() ? out : out + "]";
}

/// Nothing for a request without id.
std::string JsonRpcDesk::answer_one(const json::value& message, JsonRpcConnection& connection, const Admit& admit) {
  const auto* request = message.if_object();
  const auto* id = request ? request->if_contains("id") : nullptr;
  // A number that is no integer of 64 bits would come back as another one.
  const bool is_valid_id = !id || id->is_string() || id->is_int64() || id->is_uint64() || id->is_null();
  const json::value echoed = id && is_valid_id ? *id : json::value(nullptr);
  const auto invalid = [&](std::string why) { return refusal(echoed, kInvalidRequest, std::move(why)); };
  if (!request) return invalid("A request is an object");
  if (!is_valid_id) return invalid("id must be an integer, a string or null");
  const auto* version = request->if_contains("jsonrpc");
  if (!version || *version != "2.0") return invalid("jsonrpc must be \"2.0\"");
  const auto* method = request->if_contains("method");
  if (!method || !method->is_string()) return invalid("method must be a string");
  if (!admit()) {
    return refusal(echoed, kRateExceeded, fmt::format("Too many requests; at most {} a second", options_.max_rate));
  }
  const auto result = call_with_params(method->get_string(), request->if_contains("params"), connection);
  return id ? to_text(echoed, result, options_.max_response) : std::string{};
}

RpcResult JsonRpcDesk::call_with_params(std::string_view name, const json::value* params,
                                        JsonRpcConnection& connection) {
  const auto found = entries_.find(name);
  if (found == entries_.end()) {
    return rpc_error(kMethodNotFound, fmt::format("Method '{}' not found; rpc_methods lists all", name.substr(0, 64)));
  }
  const auto& entry = *found->second;
  try {
    if (!params || params->is_null()) return call(entry, {}, connection);
    if (const auto* list = params->if_array()) return call(entry, *list, connection);
    if (const auto* named = params->if_object())
      return call(entry, SUBSTRATEE_TRY(in_order(entry, *named)), connection);
    return invalid_params("params must be an array or an object");
  } catch (...) {
    return rpc_error(kInternalError, "Internal error; the server's log may say why");
  }
}

/// What is not named is null, which handlers take for left out.
std::expected<json::array, RpcError> JsonRpcDesk::in_order(const Entry& entry, const json::object& named) const {
  static const std::vector<std::string> kNone;
  const auto known = param_names_.find(&entry);
  const auto& names = known == param_names_.end() ? kNone : known->second;
  json::array out;
  std::set<std::size_t> given;
  for (const auto& [key, value] : named) {
    const std::string_view wanted(key);
    const auto at = std::ranges::find_if(names, [wanted](const auto& name) { return is_same_name(name, wanted); });
    const auto index = static_cast<std::size_t>(at - names.begin());
    if (at == names.end() || !given.insert(index).second) {
      return invalid_params(fmt::format("'{}' is no parameter of this method or is there twice; its parameters: {}",
                                        wanted.substr(0, 64), fmt::join(names, ", ")));
    }
    if (out.size() <= index) out.resize(index + 1);
    out[index] = value;
  }
  return out;
}

RpcResult JsonRpcDesk::call(const Entry& entry, const json::array& params, JsonRpcConnection& connection) {
  if (const auto* method = std::get_if<CallerHandler>(&entry)) return (*method)(params, connection);
  if (const auto* start = std::get_if<Subscribe>(&entry)) {
    return connection.subscribe(*start->kind, params, next_id_.fetch_add(1));
  }
  return connection.unsubscribe(*std::get<Unsubscribe>(entry).kind, params);
}

RpcResult JsonRpcDesk::list_names() const {
  json::array all;
  for (const auto& name : names_) all.emplace_back(name);
  return json::object{{"methods", std::move(all)}};
}

}  // namespace substratee::net
