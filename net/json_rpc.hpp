#pragma once

/// JSON-RPC 2.0 (https://www.jsonrpc.org/specification), the words that server and client share.
/// Subscriptions follow the usage of Substrate nodes: {"method": name, "params": {"subscription": id, "result": …}}.

#include <boost/json.hpp>

#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace substratee::net {

namespace json = boost::json;

inline constexpr int kParseError = -32700;
inline constexpr int kInvalidRequest = -32600;
inline constexpr int kMethodNotFound = -32601;
inline constexpr int kInvalidParams = -32602;
inline constexpr int kInternalError = -32603;
inline constexpr int kNoSubscriptions = -32000;  ///< subscription asked for over HTTP POST
// As jsonrpsee numbers them, and Substrate's own limit of the rate.
inline constexpr int kTooManySubscriptions = -32006;
inline constexpr int kResponseTooLarge = -32008;
inline constexpr int kServerIsBusy = -32009;
inline constexpr int kBatchTooLong = -32010;
inline constexpr int kBatchResponseTooLarge = -32011;
inline constexpr int kRateExceeded = -32999;

/// Depth of JSON that is read from a stranger.
inline constexpr std::size_t kMaxJsonDepth = 32;

struct RpcError {
  int code = kInternalError;
  std::string message;
  std::optional<json::value> data;  ///< left out of the answer if absent

  friend bool operator==(const RpcError&, const RpcError&) = default;
};

using RpcResult = std::expected<json::value, RpcError>;

/// "…: invalid params", the usual refusal of a handler.
[[nodiscard]] inline std::unexpected<RpcError> invalid_params(std::string message) {
  return std::unexpected(RpcError{kInvalidParams, std::move(message), std::nullopt});
}

/// One JSON text, at most `max_depth` deep, nothing behind it. The error says what is wrong and where. The value lives
/// in `memory`, which must outlive it.
[[nodiscard]] std::expected<json::value, std::string> parse_json(std::string_view text,
                                                                 std::size_t max_depth = kMaxJsonDepth,
                                                                 json::storage_ptr memory = {});

[[nodiscard]] json::object make_response(const json::value& id, json::value result);
[[nodiscard]] json::object make_error_response(const json::value& id, const RpcError& error);
[[nodiscard]] json::object make_request(const json::value& id, std::string_view method, json::array params);
/// A whole notification as text; `result` is JSON text already.
[[nodiscard]] std::string notification_text(std::string_view method, std::string_view subscription,
                                            std::string_view result);

}  // namespace substratee::net
