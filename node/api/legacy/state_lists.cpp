#include "node/api/state_access.hpp"

#include <set>

namespace substratee::node::api {

namespace {

constexpr std::size_t kMaxKeys = 1000;
/// Of the methods without pages.
constexpr std::size_t kMaxUnpaged = 10'000;
/// Values that state_queryStorage reads for one request: blocks times keys.
constexpr std::uint64_t kMaxRangeReads = 10'000;

RpcError too_many(std::string text) { return {kCountTooLarge, std::move(text), std::nullopt}; }

json::array change(const Bytes& key, const std::optional<Bytes>& value) {
  return {hex_json(key), value ? hex_json(*value) : json::value(nullptr)};
}

net::RpcResult query_storage_at(const NodeContext& context, const json::array& raw) {
  const Params params(raw);
  const auto keys = SUBSTRATEE_TRY(params.list_of_bytes(0, "keys", kMaxKeys));
  const auto at = SUBSTRATEE_TRY(state_at(context, params, 1));
  json::array changes;
  for (const auto& key : keys) changes.push_back(change(key, at.state->get(key)));
  return json::array{json::object{{"block", hex_json(at.block.hash)}, {"changes", std::move(changes)}}};
}

/// What changed since the block before; all of it at the first block.
json::array changes_of(const StateAt& at, const std::set<Bytes>& keys,
                       std::map<Bytes, std::optional<Bytes>>& last_seen) {
  json::array out;
  for (const auto& key : keys) {
    auto value = at.state->get(key);
    const auto [seen, is_new] = last_seen.try_emplace(key, value);
    if (!is_new && seen->second == value) continue;
    out.push_back(change(key, value));
    seen->second = std::move(value);
  }
  return out;
}

net::RpcResult query_storage(const NodeContext& context, const json::array& raw) {
  const Params params(raw);
  const auto list = SUBSTRATEE_TRY(params.list_of_bytes(0, "keys", kMaxKeys));
  const std::set<Bytes> keys(list.begin(), list.end());
  const auto from = SUBSTRATEE_TRY(params.hash(1, "from_block"));
  const auto first = SUBSTRATEE_TRY(or_error(context.store.number(from)));
  const auto to = SUBSTRATEE_TRY(find_block(context, params, 2));
  if (!to || to->number < first) {
    return std::unexpected(
        RpcError{kRangeTooLarge, "Cannot resolve a block range; the last must not be before the first", std::nullopt});
  }
  if ((std::uint64_t{to->number} - first + 1) * std::max<std::size_t>(keys.size(), 1) > kMaxRangeReads) {
    return std::unexpected(
        RpcError{kRangeTooLarge, "The range is too large; ask for less blocks or keys", std::nullopt});
  }
  json::array out;
  std::map<Bytes, std::optional<Bytes>> last_seen;
  for (std::uint64_t n = first; n <= to->number; ++n) {
    const auto hash = SUBSTRATEE_TRY(or_error(context.store.hash(static_cast<BlockNumber>(n))));
    const auto at = SUBSTRATEE_TRY(state_at(context, hash));
    auto changes = changes_of(at, keys, last_seen);
    if (changes.empty()) continue;
    out.push_back(json::object{{"block", hex_json(hash)}, {"changes", std::move(changes)}});
  }
  return json::value(std::move(out));
}

net::RpcResult get_keys_paged(const NodeContext& context, const json::array& raw) {
  const Params params(raw);
  const auto prefix = SUBSTRATEE_TRY(params.optional_bytes(0, "prefix")).value_or(Bytes{});
  const auto count = SUBSTRATEE_TRY(params.number(1, "count"));
  const auto start = SUBSTRATEE_TRY(params.optional_bytes(2, "start_key"));
  if (count > kMaxKeys) return std::unexpected(too_many("count: at most 1000"));
  const auto at = SUBSTRATEE_TRY(state_at(context, params, 3));
  json::array keys;
  if (count == 0) return json::value(std::move(keys));
  each_entry(*at.state, prefix, start, [&](const Bytes& key, const Bytes&) {
    keys.push_back(hex_json(key));
    return keys.size() < count;
  });
  return json::value(std::move(keys));
}

/// All entries below a prefix, each through `form`.
net::RpcResult list_all(const NodeContext& context, const json::array& raw,
                        json::value (*form)(const Bytes& key, const Bytes& value)) {
  const Params params(raw);
  const auto prefix = SUBSTRATEE_TRY(params.optional_bytes(0, "prefix")).value_or(Bytes{});
  const auto at = SUBSTRATEE_TRY(state_at(context, params, 1));
  json::array out;
  each_entry(*at.state, prefix, std::nullopt, [&](const Bytes& key, const Bytes& value) {
    out.push_back(form(key, value));
    return out.size() <= kMaxUnpaged;
  });
  if (out.size() > kMaxUnpaged)
    return std::unexpected(too_many("too many keys; state_getKeysPaged gives them in pages"));
  return json::value(std::move(out));
}

json::value key_form(const Bytes& key, const Bytes&) { return hex_json(key); }
json::value pair_form(const Bytes& key, const Bytes& value) { return json::array{hex_json(key), hex_json(value)}; }

}  // namespace

void add_state_lists(net::JsonRpcServer& server, const NodeContext& context) {
  const auto add = [&](const std::string& name, net::RpcResult (*handler)(const NodeContext&, const json::array&)) {
    server.method(name, [context, handler](const json::array& params) { return handler(context, params); });
  };
  add("state_queryStorageAt", query_storage_at);
  add("state_queryStorage", query_storage);
  add("state_getKeysPaged", get_keys_paged);
  server.alias("state_getKeysPagedAt", "state_getKeysPaged");
  add("state_getKeys",
      [](const NodeContext& with, const json::array& params) { return list_all(with, params, key_form); });
  add("state_getPairs",
      [](const NodeContext& with, const json::array& params) { return list_all(with, params, pair_form); });
}

}  // namespace substratee::node::api
