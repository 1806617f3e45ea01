#include "node/api/state_access.hpp"

#include "node/runtime/api/runtime_api.hpp"

#include <fmt/format.h>

namespace substratee::node::api {

namespace {

bool begins_with(ByteView key, ByteView prefix) {
  return key.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), key.begin());
}

}  // namespace

Parsed<StateAt> state_at(const NodeContext& context, const BlockHash& hash) {
  const auto number = SUBSTRATEE_TRY(or_error(context.store.number(hash)));
  return StateAt{{number, hash}, SUBSTRATEE_TRY(or_error(context.store.at(hash)))};
}

Parsed<StateAt> state_at(const NodeContext& context, const Params& params, std::size_t index) {
  const auto named = SUBSTRATEE_TRY(params.optional_hash(index, "at"));
  if (named) return state_at(context, *named);
  const auto best = context.store.best();
  return StateAt{best, SUBSTRATEE_TRY(or_error(context.store.at(best.hash)))};
}

Parsed<std::optional<storage::BlockId>> find_block(const NodeContext& context, const BlockHash& hash) {
  const auto number = context.store.number(hash);
  if (number) return storage::BlockId{*number, hash};
  if (number.error().code == storage::Code::kUnknownBlock) return std::optional<storage::BlockId>{};
  return std::unexpected(to_rpc_error(number.error()));
}

Parsed<std::optional<storage::BlockId>> find_block(const NodeContext& context, const Params& params,
                                                   std::size_t index) {
  const auto hash = SUBSTRATEE_TRY(params.optional_hash(index, "hash"));
  if (!hash) return context.store.best();
  return find_block(context, *hash);
}

Parsed<Bytes> call_runtime(const StateAt& at, std::string_view name, ByteView arguments) {
  auto answer = runtime::api::call_runtime_api(*at.state, at.block.number, at.block.hash, name, arguments);
  if (answer) return *std::move(answer);
  return std::unexpected(
      client_error(fmt::format("{}: {}", runtime::api::to_string(answer.error()), name.substr(0, 80))));
}

void each_entry(const runtime::StateView& state, ByteView prefix, const std::optional<Bytes>& after,
                const std::function<bool(const Bytes&, const Bytes&)>& visit) {
  auto from = to_bytes(prefix);
  if (after && *after >= from) {
    from = *after;
  } else if (const auto value = state.get(from)) {
    if (!visit(from, *value)) return;
  }
  for (auto entry = state.next(from); entry && begins_with(entry->first, prefix); entry = state.next(entry->first)) {
    if (!visit(entry->first, entry->second)) return;
  }
}

}  // namespace substratee::node::api
