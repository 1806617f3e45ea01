#include "node/api/storage_changes.hpp"

#include "core/base/result.hpp"
#include "rpc/json_forms.hpp"

#include <set>

namespace substratee::node::api {

std::vector<Bytes> without_repeats(std::vector<Bytes> keys) {
  std::set<Bytes> seen;
  std::erase_if(keys, [&seen](const Bytes& key) { return !seen.insert(key).second; });
  return keys;
}

Parsed<json::array> storage_change(const Bytes& key, const std::optional<Bytes>& value, AnswerBudget& budget) {
  SUBSTRATEE_TRY(budget.take(hex_text_size(key.size()) + hex_text_size(value ? value->size() : 0)));
  return json::array{rpc::hex_json(key), value ? rpc::hex_json(*value) : json::value(nullptr)};
}

Parsed<json::object> storage_changes(std::span<const Bytes> keys, const Hash256& block, const runtime::StateView& state,
                                     AnswerBudget& budget) {
  json::array changes;
  for (const auto& key : keys) changes.push_back(SUBSTRATEE_TRY(storage_change(key, state.get(key), budget)));
  return json::object{{"block", rpc::hex_json(block)}, {"changes", std::move(changes)}};
}

}  // namespace substratee::node::api
