#include "rpc/json_forms.hpp"

#include "core/base/hex.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <limits>

namespace substratee::rpc {
namespace json = net::json;
namespace {

/// All of an array through `read`; nothing if one does not fit.
template <class T, class Read>
std::optional<std::vector<T>> list_from_json(const json::value* value, Read read) {
  if (value == nullptr || !value->is_array()) return std::nullopt;
  std::vector<T> out;
  for (const auto& item : value->as_array()) {
    auto one = read(item);
    if (!one) return std::nullopt;
    out.push_back(*std::move(one));
  }
  return out;
}

std::optional<primitives::DigestItem> digest_item_from_json(const json::value& value) {
  const auto bytes = bytes_from_json(value);
  if (!bytes) return std::nullopt;
  auto item = scale::decode<primitives::DigestItem>(*bytes);
  if (!item) return std::nullopt;
  return *std::move(item);
}

template <std::size_t N>
std::optional<FixedBytes<N>> fixed_member(const json::value& object, std::string_view name) {
  const auto* value = find(object, name);
  return value == nullptr ? std::nullopt : fixed_from_json<N>(*value);
}

std::optional<Bytes> bytes_member(const json::value& object, std::string_view name) {
  const auto* value = find(object, name);
  return value == nullptr ? std::nullopt : bytes_from_json(*value);
}

std::optional<std::uint32_t> u32_member(const json::value& object, std::string_view name) {
  const auto* value = find(object, name);
  return value == nullptr ? std::nullopt : u32_from_json(*value);
}

struct StateName {
  std::string_view name;
  TransactionState state;
};
constexpr std::array<StateName, 9> kStateNames = {{
    {"future", TransactionState::kFuture},
    {"ready", TransactionState::kReady},
    {"broadcast", TransactionState::kBroadcast},
    {"inBlock", TransactionState::kInBlock},
    {"retracted", TransactionState::kRetracted},
    {"finalized", TransactionState::kFinalized},
    {"usurped", TransactionState::kUsurped},
    {"dropped", TransactionState::kDropped},
    {"invalid", TransactionState::kInvalid},
}};

std::optional<TransactionState> state_named(std::string_view name) {
  for (const auto& entry : kStateNames) {
    if (entry.name == name) return entry.state;
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(TransactionState state) noexcept {
  for (const auto& entry : kStateNames) {
    if (entry.state == state) return entry.name;
  }
  return "unknown";
}

json::value hex_json(ByteView bytes) { return json::string(to_hex_prefixed(bytes)); }

std::optional<Bytes> bytes_from_json(const json::value& value) {
  if (!value.is_string()) return std::nullopt;
  return from_hex(value.as_string());
}

std::optional<std::uint64_t> number_from_json(const json::value& value) {
  if (value.is_uint64()) return value.as_uint64();
  if (value.is_int64()) return value.as_int64() < 0 ? std::nullopt : std::optional<std::uint64_t>(value.as_int64());
  if (!value.is_string()) return std::nullopt;
  const std::string_view text = value.as_string();
  if (!text.starts_with("0x") || text.size() < 3) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + text.size(), number, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::uint32_t> u32_from_json(const json::value& value) {
  const auto number = number_from_json(value);
  if (!number || *number > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

const json::value* find(const json::value& object, std::string_view name) {
  return object.is_object() ? object.as_object().if_contains(name) : nullptr;
}

json::value to_json(const primitives::Header& header) {
  json::array logs;
  for (const auto& item : header.digest) logs.push_back(hex_json(scale::encode(item)));
  return json::object{{"parentHash", hex_json(header.parent_hash)},
                      {"number", fmt::format("{:#x}", header.number.value)},
                      {"stateRoot", hex_json(header.state_root)},
                      {"extrinsicsRoot", hex_json(header.extrinsics_root)},
                      {"digest", json::object{{"logs", std::move(logs)}}}};
}

std::optional<primitives::Header> header_from_json(const json::value& value) {
  const auto parent = fixed_member<32>(value, "parentHash");
  const auto number = u32_member(value, "number");
  const auto state_root = fixed_member<32>(value, "stateRoot");
  const auto extrinsics_root = fixed_member<32>(value, "extrinsicsRoot");
  const auto* digest = find(value, "digest");
  if (!parent || !number || !state_root || !extrinsics_root || digest == nullptr) return std::nullopt;
  auto logs = list_from_json<primitives::DigestItem>(find(*digest, "logs"), digest_item_from_json);
  if (!logs) return std::nullopt;
  return primitives::Header{*parent, {*number}, *state_root, *extrinsics_root, *std::move(logs)};
}

std::optional<TransactionStatus> status_from_json(const json::value& value) {
  if (value.is_string()) {
    const auto state = state_named(value.as_string());
    return state ? std::optional(TransactionStatus{*state, std::nullopt}) : std::nullopt;
  }
  if (!value.is_object() || value.as_object().size() != 1) return std::nullopt;
  const auto& entry = *value.as_object().begin();
  const auto state = state_named(entry.key());
  if (!state) return std::nullopt;
  return TransactionStatus{*state, fixed_from_json<32>(entry.value())};
}

std::optional<VerifiedBlock> verified_block_from_json(const json::value& value) {
  const auto number = u32_member(value, "number");
  const auto hash = fixed_member<32>(value, "hash");
  auto header = bytes_member(value, "header");
  auto journal = bytes_member(value, "journal");
  auto justification = bytes_member(value, "justification");
  if (!number || !hash || !header || !journal || !justification) return std::nullopt;
  return VerifiedBlock{*number, *hash, {*std::move(header), *std::move(journal), *std::move(justification)}};
}

json::value to_json(const VerifiedBlock& block) {
  return json::object{{"number", block.number},
                      {"hash", hex_json(block.hash)},
                      {"header", hex_json(block.final_block.header)},
                      {"journal", hex_json(block.final_block.journal)},
                      {"justification", hex_json(block.final_block.justification)}};
}

std::optional<Block> block_from_json(const json::value& value) {
  const auto* block = find(value, "block");
  const auto* header = block == nullptr ? nullptr : find(*block, "header");
  if (header == nullptr) return std::nullopt;
  auto parsed = header_from_json(*header);
  auto extrinsics = list_from_json<Bytes>(find(*block, "extrinsics"), bytes_from_json);
  if (!parsed || !extrinsics) return std::nullopt;
  return Block{*std::move(parsed), *std::move(extrinsics)};
}

}  // namespace substratee::rpc
