#include "node/api/modern/storage_differences.hpp"
#include "node/api/modern/storage_items.hpp"

namespace substratee::node::api {

namespace {

/// One page, and all that one request gets; behind that the client goes on with paginationStartKey.
constexpr std::size_t kPageBytes = std::size_t{64} << 10;
constexpr std::size_t kMaxBytes = std::size_t{8} << 20;
constexpr std::size_t kMaxStorageRequests = 16;

using Handler = net::RpcResult (*)(const NodeContext&, const Params&);

Parsed<std::optional<storage::BlockId>> named_block(const NodeContext& context, const Params& params) {
  return find_block(context, SUBSTRATEE_TRY(params.hash(0, "hash")));
}

net::RpcResult body(const NodeContext& context, const Params& params) {
  const auto block = SUBSTRATEE_TRY(named_block(context, params));
  if (!block) return json::value(nullptr);
  json::array out;
  for (const auto& extrinsic : SUBSTRATEE_TRY(or_error(context.store.extrinsics(block->number)))) {
    out.push_back(hex_json(extrinsic));
  }
  return json::value(std::move(out));
}

net::RpcResult header(const NodeContext& context, const Params& params) {
  const auto block = SUBSTRATEE_TRY(named_block(context, params));
  if (!block) return json::value(nullptr);
  return hex_json(scale::encode(SUBSTRATEE_TRY(or_error(context.store.header(block->number)))));
}

net::RpcResult hash_by_height(const NodeContext& context, const Params& params) {
  const auto height = SUBSTRATEE_TRY(params.number(0, "height"));
  const auto hash = context.store.hash(height);
  if (!hash) return json::array{};
  return json::array{hex_json(*hash)};
}

net::RpcResult call(const NodeContext& context, const Params& params) {
  const auto block = SUBSTRATEE_TRY(named_block(context, params));
  const auto function = SUBSTRATEE_TRY(params.text(1, "function"));
  const auto arguments = SUBSTRATEE_TRY(params.bytes(2, "callParameters"));
  if (!block) return json::value(nullptr);
  const auto at = state_at(context, block->hash);
  const auto output = at ? call_runtime(*at, function, arguments) : std::unexpected(at.error());
  if (!output) return json::object{{"success", false}, {"error", output.error().message}};
  return json::object{{"success", true}, {"value", hex_json(*output)}};
}

void fail(net::Subscriber& subscriber, std::string_view why) {
  subscriber.notify(json::object{{"event", "storageError"}, {"error", why}});
}

void tell_storage(const NodeContext& context, const BlockHash& hash, StorageReader reader,
                  net::Subscriber& subscriber) {
  const auto at = state_at(context, hash);
  if (!at) return fail(subscriber, at.error().message);
  // What is sent is counted: small entries take more than their keys and values.
  for (std::size_t told = 0; told < kMaxBytes;) {
    for (auto& item : reader.read(*at->state, kPageBytes)) {
      item.as_object().emplace("event", "storage");
      const auto text = json::serialize(item);
      told += text.size() + kAroundEvent;
      if (!subscriber.notify_text(text)) return;
    }
    if (reader.is_done()) {
      subscriber.notify(json::object{{"event", "storageDone"}});
      return;
    }
  }
  fail(subscriber, "too much for one request; go on with paginationStartKey behind the last key");
}

std::expected<void, RpcError> storage(const NodeContext& context, const json::array& raw,
                                      const SubscriberPtr& subscriber) {
  const Params params(raw);
  const auto hash = SUBSTRATEE_TRY(params.hash(0, "hash"));
  auto items = SUBSTRATEE_TRY(storage_items(params, 1));
  // Not owned by the job: the subscriber holds the job until it runs.
  subscriber->when_open([context, hash, reader = StorageReader(std::move(items)), to = subscriber.get()] {
    tell_storage(context, hash, reader, *to);
    to->finish();
  });
  return {};
}

std::expected<void, RpcError> storage_differences(const NodeContext& context, const json::array& raw,
                                                  const SubscriberPtr& subscriber) {
  auto request = SUBSTRATEE_TRY(difference_request(Params(raw)));
  subscriber->when_open([context, request = std::move(request), to = subscriber.get()] {
    tell_differences(context, request, *to);
    to->finish();
  });
  return {};
}

}  // namespace

void add_archive_methods(net::JsonRpcServer& server, const NodeContext& context) {
  const auto add = [&](const char* name, Handler handler) {
    server.method(name, [context, handler](const json::array& params) { return handler(context, Params(params)); });
  };
  add("archive_v1_body", body);
  add("archive_v1_header", header);
  add("archive_v1_hashByHeight", hash_by_height);
  add("archive_v1_call", call);
  server.method("archive_v1_finalizedHeight",
                [context](const json::array&) -> net::RpcResult { return context.feed.finalized().number; });
  server.method("archive_v1_genesisHash",
                [context](const json::array&) -> net::RpcResult { return hex_json(context.store.genesis_hash()); });
  server.subscription({"archive_v1_storage", "archive_v1_stopStorage", "archive_v1_storageEvent"},
                      [context](const json::array& params, const SubscriberPtr& subscriber) {
                        return storage(context, params, subscriber);
                      },
                      {.answer = net::Unsubscribed::kNull, .max_per_connection = kMaxStorageRequests});
  server.subscription({"archive_v1_storageDiff", "archive_v1_stopStorageDiff", "archive_v1_storageDiffEvent"},
                      [context](const json::array& params, const SubscriberPtr& subscriber) {
                        return storage_differences(context, params, subscriber);
                      },
                      {.answer = net::Unsubscribed::kNull, .max_per_connection = kMaxStorageRequests});
}

}  // namespace substratee::node::api
