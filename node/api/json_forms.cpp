#include "node/api/json_forms.hpp"

#include "core/base/hex.hpp"
#include "node/runtime/api/runtime_api.hpp"
#include "node/runtime/version.hpp"

#include <fmt/format.h>

namespace substratee::node::api {

namespace {

// Codes of Substrate's author API.
constexpr int kBadFormat = 1001;
constexpr int kInvalidTransaction = 1010;
constexpr int kAlreadyImported = 1013;
constexpr int kTooLowPriority = 1014;
constexpr int kImmediatelyDropped = 1016;

/// Of payment_queryInfo, payment_queryFeeDetails and system_dryRun.
constexpr int kUndecodable = 2;

RpcError pool_error(pool::Refusal refusal) {
  const json::value reason(pool::to_string(refusal));
  switch (refusal) {
    case pool::Refusal::kAlreadyImported: return {kAlreadyImported, "Transaction Already Imported", std::nullopt};
    case pool::Refusal::kPriorityTooLow: return {kTooLowPriority, "Priority is too low", reason};
    case pool::Refusal::kSenderLimit:
    case pool::Refusal::kPoolFull: break;
  }
  return {kImmediatelyDropped, "Immediately Dropped", reason};
}

json::value apis_json(ApisForm form) {
  json::array pairs;
  json::object object;
  for (const auto& api : runtime::api::api_versions()) {
    const auto id = to_hex_prefixed(api.id);
    if (form == ApisForm::kPairs) {
      pairs.push_back(json::array{id, api.version});
    } else {
      object.emplace(id, api.version);
    }
  }
  return form == ApisForm::kPairs ? json::value(std::move(pairs)) : json::value(std::move(object));
}

}  // namespace

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

json::value runtime_version_json(ApisForm form) {
  const auto& version = runtime::runtime_version();
  json::object out{{"specName", version.spec_name},
                   {"implName", version.impl_name},
                   {"specVersion", version.spec_version},
                   {"implVersion", version.impl_version},
                   {"apis", apis_json(form)},
                   {"transactionVersion", version.transaction_version}};
  if (form == ApisForm::kPairs) {
    out.emplace("authoringVersion", version.authoring_version);
    out.emplace("systemVersion", version.state_version);
    out.emplace("stateVersion", version.state_version);
  }
  return out;
}

json::value properties_json(const service::ChainIdentity& identity) {
  return json::object{{"ss58Format", identity.ss58_format},
                      {"tokenDecimals", identity.token_decimals},
                      {"tokenSymbol", identity.token_symbol}};
}

RpcError to_rpc_error(const service::SubmitError& error) {
  if (const auto* refusal = std::get_if<pool::Refusal>(&error)) return pool_error(*refusal);
  const auto reason = std::get<runtime::InvalidReason>(error);
  const json::value text(runtime::to_string(reason));
  if (reason == runtime::InvalidReason::kMalformed) return {kBadFormat, "Extrinsic has invalid format", text};
  return {kInvalidTransaction, "Invalid Transaction", text};
}

std::string to_text(const service::SubmitError& error) {
  if (const auto* refusal = std::get_if<pool::Refusal>(&error)) return std::string(pool::to_string(*refusal));
  return std::string(runtime::to_string(std::get<runtime::InvalidReason>(error)));
}

RpcError client_error(std::string_view what) {
  return {kClientError, fmt::format("Client error: {}", what), std::nullopt};
}

RpcError to_rpc_error(const storage::Error& error) { return client_error(error.message); }

RpcError undecodable_error(std::string_view what) {
  return {kUndecodable, std::string(what), json::value(runtime::to_string(runtime::InvalidReason::kMalformed))};
}

RpcError busy_error() {
  return {net::kServerIsBusy, "the node has too much to do or is stopping; try again", std::nullopt};
}

}  // namespace substratee::node::api
