#include "node/api/state_access.hpp"
#include "node/api/storage_changes.hpp"

namespace substratee::node::api {

namespace {

constexpr std::size_t kMaxKeys = 1000;
/// Of the methods without pages.
constexpr std::size_t kMaxUnpaged = 10'000;
/// Values that state_queryStorage reads for one request: blocks times keys.
constexpr std::uint64_t kMaxRangeReads = 10'000;
/// And the bytes of these values, also of those that did not change and are not told.
constexpr std::size_t kMaxRangeBytes = std::size_t{256} << 20;

RpcError range_too_large() {
  return {kRangeTooLarge, "The range is too large; ask for less blocks or keys", std::nullopt};
}

RpcError too_many(std::string text) { return {kCountTooLarge, std::move(text), std::nullopt}; }

net::RpcResult query_storage_at(const NodeContext& context, const json::array& raw, std::size_t max) {
  const Params params(raw);
  const auto keys = without_repeats(SUBSTRATEE_TRY(params.list_of_bytes(0, "keys", kMaxKeys)));
  const auto at = SUBSTRATEE_TRY(state_at(context, params, 1));
  AnswerBudget budget(max);
  return json::array{SUBSTRATEE_TRY(storage_changes(keys, at.block.hash, *at.state, budget))};
}

/// Follows the values of keys from block to block.
class RangeReader {
 public:
  RangeReader(std::vector<Bytes> keys, std::size_t max_text) : keys_(std::move(keys)), budget_(max_text) {}

  /// What changed since the block before; all of it at the first block.
  Parsed<json::array> changes(const runtime::StateView& state) {
    json::array out;
    for (const auto& key : keys_) {
      auto value = state.get(key);
      read_ += value ? value->size() : 0;
      if (read_ > kMaxRangeBytes) return std::unexpected(range_too_large());
      const auto [seen, is_new] = last_seen_.try_emplace(key, value);
      if (!is_new && seen->second == value) continue;
      out.push_back(SUBSTRATEE_TRY(storage_change(key, value, budget_)));
      seen->second = std::move(value);
    }
    if (!out.empty()) SUBSTRATEE_TRY(budget_.take(hex_text_size(sizeof(Hash256)) + kBlockText));
    return out;
  }

 private:
  /// Of {"block":…,"changes":[…]} beside the two.
  static constexpr std::size_t kBlockText = 32;

  std::vector<Bytes> keys_;
  AnswerBudget budget_;
  std::map<Bytes, std::optional<Bytes>> last_seen_;  ///< all of it is in the answer too
  std::size_t read_ = 0;
};

net::RpcResult query_storage(const NodeContext& context, const json::array& raw, std::size_t max) {
  const Params params(raw);
  auto keys = without_repeats(SUBSTRATEE_TRY(params.list_of_bytes(0, "keys", kMaxKeys)));
  const auto from = SUBSTRATEE_TRY(params.hash(1, "from_block"));
  const auto first = SUBSTRATEE_TRY(or_error(context.store.number(from)));
  const auto to = SUBSTRATEE_TRY(find_block(context, params, 2));
  if (!to || to->number < first) {
    return std::unexpected(
        RpcError{kRangeTooLarge, "Cannot resolve a block range; the last must not be before the first", std::nullopt});
  }
  if ((std::uint64_t{to->number} - first + 1) * std::max<std::size_t>(keys.size(), 1) > kMaxRangeReads) {
    return std::unexpected(range_too_large());
  }
  json::array out;
  RangeReader reader(std::move(keys), max);
  for (std::uint64_t n = first; n <= to->number; ++n) {
    const auto hash = SUBSTRATEE_TRY(or_error(context.store.hash(static_cast<BlockNumber>(n))));
    const auto at = SUBSTRATEE_TRY(state_at(context, hash));
    auto changes = SUBSTRATEE_TRY(reader.changes(*at.state));
    if (changes.empty()) continue;
    out.push_back(json::object{{"block", hex_json(hash)}, {"changes", std::move(changes)}});
  }
  return json::value(std::move(out));
}

net::RpcResult get_keys_paged(const NodeContext& context, const json::array& raw, std::size_t) {
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

enum class Listed { kKeys, kPairs };

/// All entries below a prefix.
net::RpcResult list_all(const NodeContext& context, const json::array& raw, std::size_t max, Listed what) {
  const Params params(raw);
  const auto prefix = SUBSTRATEE_TRY(params.optional_bytes(0, "prefix")).value_or(Bytes{});
  const auto at = SUBSTRATEE_TRY(state_at(context, params, 1));
  json::array out;
  AnswerBudget budget(max);
  Parsed<void> paid;
  each_entry(*at.state, prefix, std::nullopt, [&](const Bytes& key, const Bytes& value) {
    const bool is_pair = what == Listed::kPairs;
    paid = budget.take(hex_text_size(key.size()) + (is_pair ? hex_text_size(value.size()) : 0));
    if (!paid) return false;
    out.push_back(is_pair ? json::value(json::array{hex_json(key), hex_json(value)}) : hex_json(key));
    return out.size() <= kMaxUnpaged;
  });
  if (!paid) return std::unexpected(paid.error());
  if (out.size() > kMaxUnpaged)
    return std::unexpected(too_many("too many keys; state_getKeysPaged gives them in pages"));
  return json::value(std::move(out));
}

}  // namespace

void add_state_lists(net::JsonRpcServer& server, const NodeContext& context) {
  const auto add = [&](const std::string& name,
                       net::RpcResult (*handler)(const NodeContext&, const json::array&, std::size_t max_text)) {
    server.method(name, [context, handler, max = server.max_response()](const json::array& params) {
      return handler(context, params, max);
    });
  };
  add("state_queryStorageAt", query_storage_at);
  add("state_queryStorage", query_storage);
  add("state_getKeysPaged", get_keys_paged);
  server.alias("state_getKeysPagedAt", "state_getKeysPaged");
  add("state_getKeys", [](const NodeContext& with, const json::array& params, std::size_t max) {
    return list_all(with, params, max, Listed::kKeys);
  });
  add("state_getPairs", [](const NodeContext& with, const json::array& params, std::size_t max) {
    return list_all(with, params, max, Listed::kPairs);
  });
}

}  // namespace substratee::node::api
