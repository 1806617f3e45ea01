#include "node/api/modern/storage_differences.hpp"

#include "core/crypto/hash.hpp"
#include "node/api/modern/storage_items.hpp"
#include "node/storage/state_difference.hpp"

#include <algorithm>

namespace substratee::node::api {

namespace {

constexpr std::size_t kMaxItems = 1000;
/// Of the events of one request, with what stands around each.
constexpr std::size_t kMaxBytes = std::size_t{8} << 20;

bool begins_with(const Bytes& key, const Bytes& prefix) {
  return key.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), key.begin());
}

/// Nothing: an item of a child trie.
Parsed<std::optional<DifferenceItem>> one_item(const json::value& value) {
  const auto* type = rpc::find(value, "returnType");
  if (type == nullptr || (*type != "value" && *type != "hash")) {
    return net::invalid_params("items: returnType must be \"value\" or \"hash\"");
  }
  DifferenceItem out{{}, *type == "hash"};
  if (const auto* key = rpc::find(value, "key"); key != nullptr && !key->is_null()) {
    auto prefix = rpc::bytes_from_json(*key);
    if (!prefix) return net::invalid_params("items: key must be bytes in hexadecimal");
    out.prefix = *std::move(prefix);
  }
  const auto* child = rpc::find(value, "childTrieKey");
  if (child == nullptr || child->is_null()) return std::optional(std::move(out));
  if (!rpc::bytes_from_json(*child)) return net::invalid_params("items: childTrieKey must be bytes in hexadecimal");
  return std::optional<DifferenceItem>{};
}

/// Without those that another one of the same form covers.
std::vector<DifferenceItem> without_overlaps(std::vector<DifferenceItem> items) {
  std::ranges::sort(items, {}, [](const DifferenceItem& item) { return std::pair(item.as_hash, item.prefix); });
  std::vector<DifferenceItem> out;
  for (auto& item : items) {
    const bool is_covered =
        !out.empty() && out.back().as_hash == item.as_hash && begins_with(item.prefix, out.back().prefix);
    if (!is_covered) out.push_back(std::move(item));
  }
  return out;
}

Parsed<std::vector<DifferenceItem>> items_in(const Params& params) {
  const auto* list = params.find(1);
  if (list != nullptr && !list->is_array()) return net::invalid_params("items: expected a list");
  if (list == nullptr || list->get_array().empty()) return std::vector{DifferenceItem{}};
  if (list->get_array().size() > kMaxItems) return net::invalid_params("items: at most 1000");
  std::vector<DifferenceItem> out;
  for (const auto& value : list->get_array()) {
    if (auto item = SUBSTRATEE_TRY(one_item(value))) out.push_back(*std::move(item));
  }
  return without_overlaps(std::move(out));
}

struct TwoStates {
  StatePtr before;
  StatePtr after;
};

Parsed<BlockHash> previous_block(const NodeContext& context, const DifferenceRequest& request, BlockNumber number) {
  if (!request.previous) {
    if (number == 0) return std::unexpected(client_error("the genesis block has no parent"));
    return or_error(context.store.hash(number - 1));
  }
  const auto previous = SUBSTRATEE_TRY(or_error(context.store.number(*request.previous)));
  if (previous > number) return std::unexpected(client_error("previousHash is no ancestor of hash"));
  return *request.previous;
}

Parsed<TwoStates> states_of(const NodeContext& context, const DifferenceRequest& request) {
  auto after = SUBSTRATEE_TRY(state_at(context, request.block));
  const auto previous = SUBSTRATEE_TRY(previous_block(context, request, after.block.number));
  auto before = SUBSTRATEE_TRY(state_at(context, previous));
  return TwoStates{std::move(before.state), std::move(after.state)};
}

json::object form(const Bytes& key, std::optional<ByteView> before, std::optional<ByteView> after, bool as_hash) {
  // Of an entry that is gone the last value is told, as Substrate does.
  const auto value = after ? *after : *before;
  json::object out{{"event", "storageDiff"}, {"key", hex_json(key)}};
  if (as_hash) {
    out.emplace("hash", hex_json(crypto::blake2_256(value)));
  } else {
    out.emplace("value", hex_json(value));
  }
  out.emplace("type", !before ? "added" : !after ? "deleted" : "modified");
  return out;
}

void fail(net::Subscriber& subscriber, std::string_view why) {
  subscriber.notify(json::object{{"event", "storageDiffError"}, {"error", why}});
}

}  // namespace

Parsed<DifferenceRequest> difference_request(const Params& params) {
  return DifferenceRequest{SUBSTRATEE_TRY(params.hash(0, "hash")), SUBSTRATEE_TRY(items_in(params)),
                           SUBSTRATEE_TRY(params.optional_hash(2, "previousHash"))};
}

void tell_differences(const NodeContext& context, const DifferenceRequest& request, net::Subscriber& subscriber) {
  const auto states = states_of(context, request);
  if (!states) return fail(subscriber, states.error().message);
  std::size_t told = 0;
  bool is_open = true;
  const auto tell = [&](const DifferenceItem& item) {
    const auto one = [&](const Bytes& key, std::optional<ByteView> before, std::optional<ByteView> after) {
      const auto text = json::serialize(form(key, before, after, item.as_hash));
      told += text.size() + kAroundEvent;
      is_open = subscriber.notify_text(text);
      return is_open && told < kMaxBytes;
    };
    return storage::each_difference(states->before->trie(), states->after->trie(), item.prefix, one);
  };
  const bool is_whole = std::ranges::all_of(request.items, tell);
  if (!is_open) return;
  if (!is_whole) return fail(subscriber, "too much for one request; ask for less with items");
  subscriber.notify(json::object{{"event", "storageDiffDone"}});
}

}  // namespace substratee::node::api
