#pragma once

/// Values of keys at a block, as the legacy state API tells them: {"block", "changes": [[key, value or null], …]}.

#include "node/api/answer_budget.hpp"
#include "node/runtime/state.hpp"

#include <span>

namespace substratee::node::api {

/// In the order in which they first come: a key named twice is read and told once.
[[nodiscard]] std::vector<Bytes> without_repeats(std::vector<Bytes> keys);

/// [key, value or null], paid from the budget.
[[nodiscard]] Parsed<json::array> storage_change(const Bytes& key, const std::optional<Bytes>& value,
                                                 AnswerBudget& budget);
/// The values of all `keys`.
[[nodiscard]] Parsed<json::object> storage_changes(std::span<const Bytes> keys, const Hash256& block,
                                                   const runtime::StateView& state, AnswerBudget& budget);

}  // namespace substratee::node::api
