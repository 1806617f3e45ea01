#pragma once

/// Blocks and states as requests name them.

#include "node/api/json_forms.hpp"
#include "node/api/node_api.hpp"

#include <functional>

namespace substratee::node::api {

using StatePtr = std::unique_ptr<storage::Snapshot>;

struct StateAt {
  storage::BlockId block;
  StatePtr state;
};

/// After the block of that hash. kClientError if it is unknown or no longer kept.
[[nodiscard]] Parsed<StateAt> state_at(const NodeContext& context, const BlockHash& hash);
/// After the block that parameter `index` names; the best one without a name.
[[nodiscard]] Parsed<StateAt> state_at(const NodeContext& context, const Params& params, std::size_t index);

/// Nothing if there is no such block.
[[nodiscard]] Parsed<std::optional<storage::BlockId>> find_block(const NodeContext& context, const BlockHash& hash);
/// The best block without a name.
[[nodiscard]] Parsed<std::optional<storage::BlockId>> find_block(const NodeContext& context, const Params& params,
                                                                 std::size_t index);

/// "Core_version" and its like. kClientError if there is no such call or its arguments do not decode.
[[nodiscard]] Parsed<Bytes> call_runtime(const StateAt& at, std::string_view name, ByteView arguments);

/// Entries below `prefix` behind `after` in order, the prefix itself included; until `visit` gives false.
void each_entry(const runtime::StateView& state, ByteView prefix, const std::optional<Bytes>& after,
                const std::function<bool(const Bytes& key, const Bytes& value)>& visit);

}  // namespace substratee::node::api
