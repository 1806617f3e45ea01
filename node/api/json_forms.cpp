#include "node/api/json_forms.hpp"

#include "core/base/hex.hpp"
#include "node/runtime/version.hpp"

#include <fmt/format.h>

#include <charconv>

namespace substratee::node::api {

namespace {

// Codes of Substrate's author and state APIs.
constexpr int kBadFormat = 1001;
constexpr int kInvalidTransaction = 1010;
constexpr int kAlreadyImported = 1013;
constexpr int kTooLowPriority = 1014;
constexpr int kImmediatelyDropped = 1016;
constexpr int kClientError = 4003;

std::unexpected<RpcError> bad(std::string_view name, std::string_view wanted) {
  return net::invalid_params(fmt::format("{}: {}", name, wanted));
}

std::optional<Bytes> bytes_of(const json::value& value) {
  if (!value.is_string()) return std::nullopt;
  return from_hex(std::string_view(value.get_string()));
}

RpcError pool_error(pool::Refusal refusal) {
  const std::string reason(pool::to_string(refusal));
  switch (refusal) {
    case pool::Refusal::kAlreadyImported: return {kAlreadyImported, "Transaction Already Imported", std::nullopt};
    case pool::Refusal::kPriorityTooLow: return {kTooLowPriority, "Priority is too low", json::value(reason)};
    case pool::Refusal::kSenderLimit:
    case pool::Refusal::kPoolFull: break;
  }
  return {kImmediatelyDropped, "Immediately Dropped", json::value(reason)};
}

}  // namespace

json::value hex_json(ByteView bytes) { return json::value(to_hex_prefixed(bytes)); }

json::value to_json(const primitives::Header& header) {
  json::array logs;
  for (const auto& item : header.digest) logs.push_back(hex_json(scale::encode(item)));
  return json::object{{"parentHash", hex_json(header.parent_hash)},
                      {"number", fmt::format("{:#x}", header.number.value)},
                      {"stateRoot", hex_json(header.state_root)},
                      {"extrinsicsRoot", hex_json(header.extrinsics_root)},
                      {"digest", json::object{{"logs", std::move(logs)}}}};
}

json::value to_json(const pool::Notice& notice) {
  switch (notice.status) {
    case pool::Status::kReady: return "ready";
    case pool::Status::kFuture: return "future";
    case pool::Status::kInBlock: return json::object{{"inBlock", hex_json(notice.hash)}};
    case pool::Status::kFinalized: return json::object{{"finalized", hex_json(notice.hash)}};
    case pool::Status::kUsurped: return json::object{{"usurped", hex_json(notice.hash)}};
    case pool::Status::kDropped: return "dropped";
    case pool::Status::kInvalid: break;
  }
  return "invalid";
}

json::value runtime_version_json() {
  const auto& version = runtime::runtime_version();
  // Core and Metadata, by blake2_64 of their names.
  json::array apis{json::array{"0xdf6acb689907609b", 5}, json::array{"0x37e397fc7c91f5e4", 2}};
  return json::object{{"specName", version.spec_name},
                      {"implName", version.impl_name},
                      {"authoringVersion", version.authoring_version},
                      {"specVersion", version.spec_version},
                      {"implVersion", version.impl_version},
                      {"apis", std::move(apis)},
                      {"transactionVersion", version.transaction_version},
                      {"systemVersion", 1},
                      {"stateVersion", version.state_version}};
}

RpcError to_rpc_error(const service::SubmitError& error) {
  if (const auto* refusal = std::get_if<pool::Refusal>(&error)) return pool_error(*refusal);
  const auto reason = std::get<runtime::InvalidReason>(error);
  const json::value text(runtime::to_string(reason));
  if (reason == runtime::InvalidReason::kMalformed) return {kBadFormat, "Extrinsic has invalid format", text};
  return {kInvalidTransaction, "Invalid Transaction", text};
}

RpcError to_rpc_error(const storage::Error& error) {
  return {kClientError, "Client error: " + error.message, std::nullopt};
}

RpcError busy_error() {
  return {net::kLimitExceeded, "the node has too much to do or is stopping; try again", std::nullopt};
}

std::optional<std::uint32_t> to_number(const json::value& value) {
  constexpr auto max = std::numeric_limits<std::uint32_t>::max();
  if (value.is_int64() && value.get_int64() >= 0 && value.get_int64() <= max)
    return static_cast<std::uint32_t>(value.get_int64());
  if (!value.is_string()) return std::nullopt;
  const std::string_view text(value.get_string());
  if (!text.starts_with("0x") || text.size() < 3 || text.size() > 18) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + text.size(), number, 16);
  if (error != std::errc{} || end != text.data() + text.size() || number > max) return std::nullopt;
  return static_cast<std::uint32_t>(number);
}

const json::value* Params::find(std::size_t index) const {
  if (index >= params_.size() || params_[index].is_null()) return nullptr;
  return &params_[index];
}

Parsed<std::optional<Bytes>> Params::optional_bytes(std::size_t index, std::string_view name) const {
  const auto* value = find(index);
  if (value == nullptr) return std::optional<Bytes>{};
  auto bytes = bytes_of(*value);
  if (!bytes) return bad(name, "expected bytes in hexadecimal");
  return bytes;
}

Parsed<Bytes> Params::bytes(std::size_t index, std::string_view name) const {
  auto bytes = SUBSTRATEE_TRY(optional_bytes(index, name));
  if (!bytes) return bad(name, "missing; expected bytes in hexadecimal");
  return *std::move(bytes);
}

Parsed<std::optional<Hash256>> Params::optional_hash(std::size_t index, std::string_view name) const {
  const auto bytes = SUBSTRATEE_TRY(optional_bytes(index, name));
  if (!bytes) return std::optional<Hash256>{};
  const auto hash = Hash256::from(*bytes);
  if (!hash) return bad(name, "expected a hash of 32 bytes");
  return hash;
}

Parsed<std::uint32_t> Params::number(std::size_t index, std::string_view name) const {
  const auto* value = find(index);
  const auto number = value != nullptr ? to_number(*value) : std::nullopt;
  if (!number) return bad(name, "expected a number");
  return *number;
}

Parsed<std::vector<Bytes>> Params::list_of_bytes(std::size_t index, std::string_view name, std::size_t max) const {
  const auto* value = find(index);
  if (value == nullptr || !value->is_array()) return bad(name, "expected a list of bytes in hexadecimal");
  if (value->get_array().size() > max) return bad(name, fmt::format("at most {} elements", max));
  std::vector<Bytes> out;
  for (const auto& item : value->get_array()) {
    auto bytes = bytes_of(item);
    if (!bytes) return bad(name, "expected a list of bytes in hexadecimal");
    out.push_back(*std::move(bytes));
  }
  return out;
}

}  // namespace substratee::node::api
