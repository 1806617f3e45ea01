#include "net/json_rpc.hpp"

#include <fmt/format.h>

namespace substratee::net {

std::expected<json::value, std::string> parse_json(std::string_view text, std::size_t max_depth,
                                                   json::storage_ptr memory) {
  json::parse_options options;
  options.max_depth = max_depth;
  json::stream_parser parser({}, options);
  parser.reset(std::move(memory));
  json::error_code error;
  const auto used = parser.write_some(text.data(), text.size(), error);
  if (!error && used != text.size()) return std::unexpected(fmt::format("something follows the JSON at byte {}", used));
  if (!error) parser.finish(error);
  if (error == json::error::too_deep) return std::unexpected(fmt::format("JSON is deeper than {} levels", max_depth));
  if (error) return std::unexpected(fmt::format("not JSON at byte {}: {}", used, error.message()));
  return parser.release();
}

json::object make_response(const json::value& id, json::value result) {
  return {{"jsonrpc", "2.0"}, {"id", id}, {"result", std::move(result)}};
}

json::object make_error_response(const json::value& id, const RpcError& error) {
  json::object body{{"code", error.code}, {"message", error.message}};
  if (error.data) body.emplace("data", *error.data);
  return {{"jsonrpc", "2.0"}, {"id", id}, {"error", std::move(body)}};
}

json::object make_request(const json::value& id, std::string_view method, json::array params) {
  return {{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", std::move(params)}};
}

std::string notification_text(std::string_view method, std::string_view subscription, std::string_view result) {
  return fmt::format(R"({{"jsonrpc":"2.0","method":"{}","params":{{"subscription":"{}","result":{}}}}})", method,
                     subscription, result);
}

}  // namespace substratee::net
