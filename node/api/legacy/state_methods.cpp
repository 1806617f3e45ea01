#include "core/crypto/hash.hpp"
#include "core/scale/codec.hpp"
#include "node/api/state_access.hpp"

namespace substratee::node::api {

namespace {

constexpr std::size_t kMaxKeys = 1000;

Parsed<std::optional<Bytes>> value_at(const NodeContext& context, const json::array& raw) {
  const Params params(raw);
  const auto key = SUBSTRATEE_TRY(params.bytes(0, "key"));
  const auto at = SUBSTRATEE_TRY(state_at(context, params, 1));
  return at.state->get(key);
}

net::RpcResult get_storage(const NodeContext& context, const json::array& params) {
  const auto value = SUBSTRATEE_TRY(value_at(context, params));
  return value ? hex_json(*value) : json::value(nullptr);
}

net::RpcResult get_storage_hash(const NodeContext& context, const json::array& params) {
  const auto value = SUBSTRATEE_TRY(value_at(context, params));
  return value ? hex_json(crypto::blake2_256(*value)) : json::value(nullptr);
}

net::RpcResult get_storage_size(const NodeContext& context, const json::array& params) {
  const auto value = SUBSTRATEE_TRY(value_at(context, params));
  return value ? json::value(value->size()) : json::value(nullptr);
}

net::RpcResult get_read_proof(const NodeContext& context, const json::array& raw) {
  const Params params(raw);
  const auto keys = SUBSTRATEE_TRY(params.list_of_bytes(0, "keys", kMaxKeys));
  const auto at = SUBSTRATEE_TRY(state_at(context, params, 1));
  json::array proof;
  for (const auto& node : at.state->prove(keys)) proof.push_back(hex_json(node));
  return json::object{{"at", hex_json(at.block.hash)}, {"proof", std::move(proof)}};
}

net::RpcResult call(const NodeContext& context, const json::array& raw) {
  const Params params(raw);
  const auto name = SUBSTRATEE_TRY(params.text(0, "method"));
  const auto arguments = SUBSTRATEE_TRY(params.optional_bytes(1, "data")).value_or(Bytes{});
  const auto at = SUBSTRATEE_TRY(state_at(context, params, 2));
  return hex_json(SUBSTRATEE_TRY(call_runtime(at, name, arguments)));
}

net::RpcResult get_metadata(const NodeContext& context, const json::array& raw) {
  const auto at = SUBSTRATEE_TRY(state_at(context, Params(raw), 0));
  const auto answer = SUBSTRATEE_TRY(call_runtime(at, "Metadata_metadata", {}));
  const auto metadata = scale::decode<Bytes>(answer);
  if (!metadata) return std::unexpected(client_error("the runtime's answer does not decode"));
  return hex_json(*metadata);
}

/// One native runtime: the same at every block that there is.
net::RpcResult get_runtime_version(const NodeContext& context, const json::array& raw) {
  const auto hash = SUBSTRATEE_TRY(Params(raw).optional_hash(0, "at"));
  if (hash) SUBSTRATEE_TRY(or_error(context.store.number(*hash)));
  return runtime_version_json();
}

std::expected<void, RpcError> subscribe_storage(Feed& feed, const json::array& params, const SubscriberPtr& subscriber,
                                                std::size_t max_text) {
  return feed.follow_storage(SUBSTRATEE_TRY(Params(params).list_of_bytes(0, "keys", kMaxKeys)), subscriber, max_text);
}

void add_subscriptions(net::JsonRpcServer& server, const NodeContext& context) {
  server.subscription({"state_subscribeRuntimeVersion", "state_unsubscribeRuntimeVersion", "state_runtimeVersion"},
                      [](const json::array&, const SubscriberPtr& subscriber) -> std::expected<void, RpcError> {
                        subscriber->notify(runtime_version_json());
                        return {};
                      });
  server.alias("chain_subscribeRuntimeVersion", "state_subscribeRuntimeVersion");
  server.alias("chain_unsubscribeRuntimeVersion", "state_unsubscribeRuntimeVersion");
  server.subscription(
      {"state_subscribeStorage", "state_unsubscribeStorage", "state_storage"},
      [feed = &context.feed, max = server.max_response()](const json::array& params, const SubscriberPtr& subscriber) {
        return subscribe_storage(*feed, params, subscriber, max);
      });
}

}  // namespace

void add_state_methods(net::JsonRpcServer& server, const NodeContext& context) {
  const auto add = [&](const std::string& name, const std::string& alias,
                       net::RpcResult (*handler)(const NodeContext&, const json::array&)) {
    server.method(name, [context, handler](const json::array& params) { return handler(context, params); });
    if (!alias.empty()) server.alias(alias, name);
  };
  add("state_getStorage", "state_getStorageAt", get_storage);
  add("state_getStorageHash", "state_getStorageHashAt", get_storage_hash);
  add("state_getStorageSize", "state_getStorageSizeAt", get_storage_size);
  add("state_getReadProof", "", get_read_proof);
  add("state_call", "state_callAt", call);
  add("state_getMetadata", "", get_metadata);
  add("state_getRuntimeVersion", "chain_getRuntimeVersion", get_runtime_version);
  add_subscriptions(server, context);
}

}  // namespace substratee::node::api
