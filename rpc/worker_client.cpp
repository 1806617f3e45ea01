#include "rpc/worker_client.hpp"

#include "rpc/json_forms.hpp"

#include <fmt/format.h>

namespace substratee::rpc {
namespace json = net::json;
namespace {

constexpr const char* kAdvice = "is substratee-worker running there? try another worker";

std::string service(std::string_view url) { return fmt::format("the worker at {}", url); }

/// JSON-RPC lives at the root of the registered base URL, over WebSocket.
std::string websocket_url(std::string_view url) {
  constexpr std::string_view kHttp = "http://";
  return url.starts_with(kHttp) ? fmt::format("ws://{}", url.substr(kHttp.size())) : std::string(url);
}

}  // namespace

WorkerClient::WorkerClient(std::string url, Timeout timeout, std::unique_ptr<net::JsonRpcClient> client)
    : url_(std::move(url)), timeout_(timeout), client_(std::move(client)) {}
WorkerClient::~WorkerClient() = default;

Result<std::unique_ptr<WorkerClient>> WorkerClient::connect(std::string url, Timeout timeout) {
  net::WebSocketOptions options;
  options.connect_timeout = timeout;
  auto client = net::JsonRpcClient::connect(websocket_url(url), options);
  if (!client) return std::unexpected(to_failure(client.error(), service(url), kAdvice));
  return std::unique_ptr<WorkerClient>(new WorkerClient(std::move(url), timeout, *std::move(client)));
}

Result<json::value> WorkerClient::call(const char* method, json::array params) {
  auto answer = client_->call(method, std::move(params), timeout_);
  if (!answer) return std::unexpected(to_failure(answer.error(), service(url_), method, kAdvice));
  return *std::move(answer);
}

Failure WorkerClient::bad_answer(std::string_view method) const {
  return {FailureCode::kBadAnswer,
          fmt::format("{} answers {} in an unknown form", service(url_), method),
          "use a substratee-worker of the same version",
          0,
          {}};
}

Result<protocol::ShieldingKeyAnswer> WorkerClient::shielding_key() {
  const auto answer = SUBSTRATEE_TRY(call(worker_method::kShieldingKey));
  const auto key = shielding_key_from_json(answer);
  if (!key) return std::unexpected(bad_answer(worker_method::kShieldingKey));
  return *key;
}

Result<ReceiptReply> WorkerClient::query(const char* method, const protocol::SealedQuery& query) {
  const auto answer = SUBSTRATEE_TRY(call(method, {hex_json(scale::encode(query))}));
  const auto* sealed = find(answer, "answer");
  auto bytes = sealed == nullptr ? std::nullopt : bytes_from_json(*sealed);
  if (!bytes) return std::unexpected(bad_answer(method));
  const auto* agreement = find(answer, "agreement");
  if (agreement == nullptr || agreement->is_null()) return ReceiptReply{*std::move(bytes), {}};
  auto proof = bytes_from_json(*agreement);
  if (!proof) return std::unexpected(bad_answer(method));
  return ReceiptReply{*std::move(bytes), *std::move(proof)};
}

Result<Bytes> WorkerClient::execute_getter(const protocol::SealedQuery& sealed) {
  return SUBSTRATEE_TRY(query(worker_method::kExecuteGetter, sealed)).answer;
}

Result<ReceiptReply> WorkerClient::receipt(const protocol::SealedQuery& sealed) {
  return query(worker_method::kReceipt, sealed);
}

Result<WorkerHealth> WorkerClient::health() {
  const auto answer = SUBSTRATEE_TRY(call(worker_method::kHealth));
  auto health = worker_health_from_json(answer);
  if (!health) return std::unexpected(bad_answer(worker_method::kHealth));
  return *std::move(health);
}

Result<std::optional<Bytes>> WorkerClient::equivocation() {
  const auto answer = SUBSTRATEE_TRY(call(worker_method::kGetEquivocation));
  const auto* evidence = find(answer, "evidence");
  if (evidence != nullptr && evidence->is_null()) return std::optional<Bytes>{};
  auto bytes = evidence == nullptr ? std::nullopt : bytes_from_json(*evidence);
  if (!bytes) return std::unexpected(bad_answer(worker_method::kGetEquivocation));
  return bytes;
}

Result<void> WorkerClient::report_equivocation(ByteView evidence) {
  SUBSTRATEE_TRY(call(worker_method::kReportEquivocation, {hex_json(evidence)}));
  return {};
}

Result<std::string> WorkerClient::version() {
  const auto answer = SUBSTRATEE_TRY(call(worker_method::kVersion));
  if (!answer.is_string()) return std::unexpected(bad_answer(worker_method::kVersion));
  return std::string(answer.as_string());
}

}  // namespace substratee::rpc
