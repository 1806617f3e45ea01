#include "node/api/submission.hpp"

namespace substratee::node::api {

namespace {

Parsed<Hash256> submit_named(const NodeContext& context, const json::array& params,
                             std::function<void(const Hash256&)> on_taken) {
  auto extrinsic = SUBSTRATEE_TRY(Params(params).bytes(0, "extrinsic"));
  const auto answer = submit(context, std::move(extrinsic), std::move(on_taken));
  if (!answer) return std::unexpected(busy_error());
  if (!*answer) return std::unexpected(to_rpc_error(answer->error()));
  return **answer;
}

}  // namespace

void add_author_methods(net::JsonRpcServer& server, const NodeContext& context) {
  server.method("author_submitExtrinsic", [context](const json::array& params) -> net::RpcResult {
    return hex_json(SUBSTRATEE_TRY(submit_named(context, params, nullptr)));
  });
  server.method("author_pendingExtrinsics", [context](const json::array&) -> net::RpcResult {
    const auto pending = context.chain.ask([](service::Chain& chain) { return chain.pending(); });
    if (!pending) return std::unexpected(busy_error());
    json::array out;
    for (const auto& extrinsic : *pending) out.push_back(hex_json(extrinsic));
    return json::value(std::move(out));
  });
  server.subscription(
      {"author_submitAndWatchExtrinsic", "author_unwatchExtrinsic", "author_extrinsicUpdate"},
      [context](const json::array& params, const SubscriberPtr& subscriber) -> std::expected<void, RpcError> {
        SUBSTRATEE_TRY(submit_named(context, params, [&context, &subscriber](const Hash256& transaction) {
          context.feed.watch(transaction, {subscriber, [](const pool::Notice& notice, std::uint32_t) {
                                             return std::optional(to_json(notice));
                                           }});
        }));
        return {};
      });
}

}  // namespace substratee::node::api
