#include "node/api/state_access.hpp"

namespace substratee::node::api {

namespace {

using storage::Code;

constexpr std::uint32_t kMaxVerifiedBlocks = 256;
constexpr std::size_t kMaxHashes = 1000;
/// A block may be 4 MiB; an answer must stay below what the server sends.
constexpr std::size_t kMaxVerifiedBytes = std::size_t{4} << 20;

net::RpcResult hash_of(const NodeContext& context, const json::value& wanted) {
  const auto number = rpc::u32_from_json(wanted);
  if (!number) return net::invalid_params("number: expected a number, hex text or a list of them");
  const auto hash = context.store.hash(*number);
  if (hash) return hex_json(*hash);
  if (hash.error().code == Code::kUnknownBlock) return json::value(nullptr);
  return std::unexpected(to_rpc_error(hash.error()));
}

net::RpcResult get_block_hash(const NodeContext& context, const json::array& params) {
  const auto* wanted = Params(params).find(0);
  if (wanted == nullptr) return hex_json(context.store.best().hash);
  if (!wanted->is_array()) return hash_of(context, *wanted);
  if (wanted->get_array().size() > kMaxHashes) return net::invalid_params("number: at most 1000 in a list");
  json::array out;
  for (const auto& item : wanted->get_array()) out.push_back(SUBSTRATEE_TRY(hash_of(context, item)));
  return json::value(std::move(out));
}

net::RpcResult get_header(const NodeContext& context, const json::array& params) {
  const auto block = SUBSTRATEE_TRY(find_block(context, Params(params), 0));
  if (!block) return json::value(nullptr);
  return to_json(SUBSTRATEE_TRY(or_error(context.store.header(block->number))));
}

net::RpcResult get_block(const NodeContext& context, const json::array& params) {
  const auto block = SUBSTRATEE_TRY(find_block(context, Params(params), 0));
  if (!block) return json::value(nullptr);
  const auto header = SUBSTRATEE_TRY(or_error(context.store.header(block->number)));
  const auto body = SUBSTRATEE_TRY(or_error(context.store.extrinsics(block->number)));
  json::array extrinsics;
  for (const auto& extrinsic : body) extrinsics.push_back(hex_json(extrinsic));
  return json::object{{"block", json::object{{"header", to_json(header)}, {"extrinsics", std::move(extrinsics)}}},
                      {"justifications", nullptr}};
}

/// A sealed block is final, so this reaches up to the best one. At least one block if there is one.
net::RpcResult get_verified_blocks(const NodeContext& context, const json::array& params) {
  const auto from = SUBSTRATEE_TRY(Params(params).number(0, "from_number"));
  const auto count = SUBSTRATEE_TRY(Params(params).number(1, "count"));
  if (count > kMaxVerifiedBlocks) return net::invalid_params("count: at most 256");
  const auto best = context.store.best().number;
  json::array out;
  std::size_t size = 0;
  for (std::uint64_t n = from; n <= best && out.size() < count && size < kMaxVerifiedBytes; ++n) {
    const auto number = static_cast<BlockNumber>(n);
    const auto header = SUBSTRATEE_TRY(or_error(context.store.header(number)));
    const auto journal = SUBSTRATEE_TRY(or_error(context.store.encoded_journal(number)));
    size += journal.size();
    out.push_back(json::object{{"number", number},
                               {"hash", hex_json(header.hash())},
                               {"header", hex_json(scale::encode(header))},
                               {"journal", hex_json(journal)},
                               {"justification", "0x"}});
  }
  return json::value(std::move(out));
}

void add_subscriptions(net::JsonRpcServer& server, const NodeContext& context) {
  auto* feed = &context.feed;
  const auto follow_best = [feed](const json::array&,
                                  const SubscriberPtr& subscriber) -> std::expected<void, RpcError> {
    feed->follow_best(subscriber);
    return {};
  };
  server.subscription({"chain_subscribeNewHeads", "chain_unsubscribeNewHeads", "chain_newHead"}, follow_best);
  for (const auto* name : {"chain_subscribeNewHead", "subscribe_newHead"})
    server.alias(name, "chain_subscribeNewHeads");
  for (const auto* name : {"chain_unsubscribeNewHead", "unsubscribe_newHead"}) {
    server.alias(name, "chain_unsubscribeNewHeads");
  }
  // No forks: every block that is imported is the best one.
  server.subscription({"chain_subscribeAllHeads", "chain_unsubscribeAllHeads", "chain_allHead"}, follow_best);
  server.subscription({"chain_subscribeFinalizedHeads", "chain_unsubscribeFinalizedHeads", "chain_finalizedHead"},
                      [feed](const json::array&, const SubscriberPtr& subscriber) -> std::expected<void, RpcError> {
                        feed->follow_final(subscriber);
                        return {};
                      });
  server.alias("chain_subscribeFinalisedHeads", "chain_subscribeFinalizedHeads");
  server.alias("chain_unsubscribeFinalisedHeads", "chain_unsubscribeFinalizedHeads");
}

}  // namespace

void add_chain_methods(net::JsonRpcServer& server, const NodeContext& context) {
  const auto add = [&](std::string name, net::RpcResult (*handler)(const NodeContext&, const json::array&)) {
    server.method(std::move(name), [context, handler](const json::array& params) { return handler(context, params); });
  };
  add("chain_getBlockHash", get_block_hash);
  server.alias("chain_getHead", "chain_getBlockHash");
  add("chain_getHeader", get_header);
  add("chain_getBlock", get_block);
  add("substratee_getVerifiedBlocks", get_verified_blocks);
  server.method("chain_getFinalizedHead",
                [context](const json::array&) -> net::RpcResult { return hex_json(context.feed.finalized().hash); });
  server.alias("chain_getFinalisedHead", "chain_getFinalizedHead");
  add_subscriptions(server, context);
}

}  // namespace substratee::node::api
