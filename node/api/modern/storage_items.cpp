#include "node/api/modern/storage_items.hpp"

#include "core/crypto/hash.hpp"

namespace substratee::node::api {

namespace {

using Type = StorageItem::Type;

constexpr std::size_t kMaxItems = 1000;
/// No key of this chain is longer.
constexpr std::size_t kMaxKey = 1024;

std::optional<Type> type_named(std::string_view name) {
  if (name == "value") return Type::kValue;
  if (name == "hash") return Type::kHash;
  if (name == "closestDescendantMerkleValue") return Type::kMerkleValue;
  if (name == "descendantsValues") return Type::kDescendantsValues;
  if (name == "descendantsHashes") return Type::kDescendantsHashes;
  return std::nullopt;
}

bool is_descendants(Type type) { return type == Type::kDescendantsValues || type == Type::kDescendantsHashes; }

Parsed<StorageItem> one_item(const json::value& value) {
  const auto* key = rpc::find(value, "key");
  const auto* type = rpc::find(value, "type");
  const auto bytes = key != nullptr ? rpc::bytes_from_json(*key) : std::nullopt;
  const auto known = type != nullptr && type->is_string() ? type_named(type->get_string()) : std::nullopt;
  if (!bytes || bytes->size() > kMaxKey || !known) return net::invalid_params("items: expected {key, type}");
  StorageItem out{*bytes, *known, std::nullopt};
  const auto* start = rpc::find(value, "paginationStartKey");
  if (start == nullptr || start->is_null()) return out;
  out.start = rpc::bytes_from_json(*start);
  if (!out.start || !is_descendants(out.type)) return net::invalid_params("paginationStartKey: not expected here");
  return out;
}

/// About what an entry takes as JSON.
std::size_t text_size(const Bytes& key, std::size_t value_size) { return 2 * (key.size() + value_size) + 32; }

json::object form(const Bytes& key, const Bytes& value, bool as_hash) {
  if (as_hash) return {{"key", hex_json(key)}, {"hash", hex_json(crypto::blake2_256(value))}};
  return {{"key", hex_json(key)}, {"value", hex_json(value)}};
}

}  // namespace

Parsed<std::vector<StorageItem>> storage_items(const Params& params, std::size_t index) {
  const auto* list = params.find(index);
  if (list == nullptr || !list->is_array()) return net::invalid_params("items: expected a list");
  if (list->get_array().size() > kMaxItems) return net::invalid_params("items: at most 1000");
  if (params.find(index + 1) != nullptr) return net::invalid_params("childTrie: this chain has none");
  std::vector<StorageItem> out;
  for (const auto& value : list->get_array()) out.push_back(SUBSTRATEE_TRY(one_item(value)));
  return out;
}

json::array StorageReader::read(const storage::Snapshot& state, std::size_t max_bytes) {
  json::array out;
  auto left = max_bytes;
  while (!is_done() && left > 0) {
    auto& item = items_[next_];
    if (is_descendants(item.type)) {
      read_descendants(state, item, out, left);
      continue;
    }
    ++next_;
    if (item.type == Type::kMerkleValue) {
      const auto value = state.trie().closest_merkle_value(item.key);
      if (value) {
        out.push_back(json::object{{"key", hex_json(item.key)}, {"closestDescendantMerkleValue", hex_json(*value)}});
      }
    } else if (const auto value = state.get(item.key)) {
      out.push_back(form(item.key, *value, item.type == Type::kHash));
      left -= std::min(left, text_size(item.key, value->size()));
    }
    left -= std::min(left, text_size(item.key, sizeof(Hash256)));
  }
  return out;
}

void StorageReader::read_descendants(const storage::Snapshot& state, StorageItem& item, json::array& out,
                                     std::size_t& left) {
  bool is_cut = false;
  const bool as_hash = item.type == Type::kDescendantsHashes;
  each_entry(state, item.key, item.start, [&](const Bytes& key, const Bytes& value) {
    is_cut = left == 0;
    if (is_cut) return false;
    out.push_back(form(key, value, as_hash));
    left -= std::min(left, text_size(key, as_hash ? sizeof(Hash256) : value.size()));
    item.start = key;
    return true;
  });
  if (!is_cut) ++next_;
}

}  // namespace substratee::node::api
