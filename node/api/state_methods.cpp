#include "node/api/json_forms.hpp"
#include "node/api/node_api.hpp"

#include "core/crypto/hash.hpp"

namespace substratee::node::api {

namespace {

using SnapshotPtr = std::unique_ptr<storage::Snapshot>;

constexpr std::size_t kMaxKeys = 1000;
constexpr int kCountTooLarge = 4002;

bool is_prefix(const Bytes& prefix, const Bytes& key) {
  return key.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), key.begin());
}

struct StateAt {
  Hash256 hash;
  SnapshotPtr state;
};

Parsed<StateAt> state_at(const NodeContext& context, const json::array& params, std::size_t index) {
  const auto named = SUBSTRATEE_TRY(Params(params).optional_hash(index, "at"));
  const auto hash = named ? *named : context.store.best().hash;
  auto state = context.store.at(hash);
  if (!state) return std::unexpected(to_rpc_error(state.error()));
  return StateAt{hash, *std::move(state)};
}

Parsed<std::optional<Bytes>> value_at(const NodeContext& context, const json::array& params) {
  const auto key = SUBSTRATEE_TRY(Params(params).bytes(0, "key"));
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

net::RpcResult query_storage_at(const NodeContext& context, const json::array& params) {
  const auto keys = SUBSTRATEE_TRY(Params(params).list_of_bytes(0, "keys", kMaxKeys));
  const auto at = SUBSTRATEE_TRY(state_at(context, params, 1));
  json::array changes;
  for (const auto& key : keys) {
    const auto value = at.state->get(key);
    changes.push_back(json::array{hex_json(key), value ? hex_json(*value) : json::value(nullptr)});
  }
  return json::array{json::object{{"block", hex_json(at.hash)}, {"changes", std::move(changes)}}};
}

net::RpcResult get_read_proof(const NodeContext& context, const json::array& params) {
  const auto keys = SUBSTRATEE_TRY(Params(params).list_of_bytes(0, "keys", kMaxKeys));
  const auto at = SUBSTRATEE_TRY(state_at(context, params, 1));
  json::array proof;
  for (const auto& node : at.state->prove(keys)) proof.push_back(hex_json(node));
  return json::object{{"at", hex_json(at.hash)}, {"proof", std::move(proof)}};
}

net::RpcResult get_keys_paged(const NodeContext& context, const json::array& params) {
  const Params read(params);
  const auto prefix = SUBSTRATEE_TRY(read.optional_bytes(0, "prefix")).value_or(Bytes{});
  const auto count = SUBSTRATEE_TRY(read.number(1, "count"));
  const auto start = SUBSTRATEE_TRY(read.optional_bytes(2, "start_key"));
  if (count > kMaxKeys) return std::unexpected(RpcError{kCountTooLarge, "count: at most 1000", std::nullopt});
  const auto at = SUBSTRATEE_TRY(state_at(context, params, 3));
  json::array keys;
  // Strictly behind the start key; the prefix itself may be a key.
  if (count > 0 && (!start || *start < prefix) && at.state->get(prefix)) keys.push_back(hex_json(prefix));
  auto entry = at.state->next(start && *start > prefix ? *start : prefix);
  while (entry && keys.size() < count && is_prefix(prefix, entry->first)) {
    keys.push_back(hex_json(entry->first));
    entry = at.state->next(entry->first);
  }
  return json::value(std::move(keys));
}

std::expected<void, RpcError> subscribe_storage(Feed& feed, const json::array& params,
                                                const SubscriberPtr& subscriber) {
  auto keys = SUBSTRATEE_TRY(Params(params).list_of_bytes(0, "keys", kMaxKeys));
  const auto followed = feed.follow_storage(std::move(keys), subscriber);
  if (!followed) return std::unexpected(to_rpc_error(followed.error()));
  return {};
}

}  // namespace

void add_state_methods(net::JsonRpcServer& server, const NodeContext& context) {
  const auto add = [&](const std::string& name, net::RpcResult (*handler)(const NodeContext&, const json::array&)) {
    server.method(name, [context, handler](const json::array& params) { return handler(context, params); });
  };
  add("state_getStorage", get_storage);
  server.alias("state_getStorageAt", "state_getStorage");
  add("state_getStorageHash", get_storage_hash);
  add("state_getStorageSize", get_storage_size);
  add("state_queryStorageAt", query_storage_at);
  add("state_getReadProof", get_read_proof);
  add("state_getKeysPaged", get_keys_paged);
  server.alias("state_getKeysPagedAt", "state_getKeysPaged");
  server.method("state_getRuntimeVersion", [](const json::array&) -> net::RpcResult { return runtime_version_json(); });
  server.alias("chain_getRuntimeVersion", "state_getRuntimeVersion");
  server.subscription({"state_subscribeRuntimeVersion", "state_unsubscribeRuntimeVersion", "state_runtimeVersion"},
                      [](const json::array&, const SubscriberPtr& subscriber) -> std::expected<void, RpcError> {
                        subscriber->notify(runtime_version_json());
                        return {};
                      });
  server.subscription({"state_subscribeStorage", "state_unsubscribeStorage", "state_storage"},
                      [feed = &context.feed](const json::array& params, const SubscriberPtr& subscriber) {
                        return subscribe_storage(*feed, params, subscriber);
                      });
}

}  // namespace substratee::node::api
