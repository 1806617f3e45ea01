#include "node/api/answer_budget.hpp"
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

net::RpcResult pending_extrinsics(const NodeContext& context, std::size_t max_text) {
  // Copied on the chain's thread: no more than what may be told.
  const auto pending = context.chain.ask([&](service::Chain& chain) { return chain.pending(max_text / 2); });
  if (!pending) return std::unexpected(busy_error());
  if (!*pending) return std::unexpected(answer_too_large());
  json::array out;
  AnswerBudget budget(max_text);
  for (const auto& extrinsic : **pending) {
    SUBSTRATEE_TRY(budget.take(hex_text_size(extrinsic.size())));
    out.push_back(hex_json(extrinsic));
  }
  return json::value(std::move(out));
}

}  // namespace

void add_author_methods(net::JsonRpcServer& server, const NodeContext& context) {
  server.method("author_submitExtrinsic", [context](const json::array& params) -> net::RpcResult {
    return hex_json(SUBSTRATEE_TRY(submit_named(context, params, nullptr)));
  });
  server.method("author_pendingExtrinsics", [context, max = server.max_response()](const json::array&) {
    return pending_extrinsics(context, max);
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
