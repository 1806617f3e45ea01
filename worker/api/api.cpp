#include "worker/api/api.hpp"

#include "rpc/json_forms.hpp"

namespace substratee::worker::api {
namespace {

namespace json = net::json;
using driver::QueryDesk;
using driver::QueryError;
using std::chrono::milliseconds;

constexpr std::size_t kMaxRequest = std::size_t{64} * 1024;

std::unexpected<net::RpcError> refuse(const QueryError& error) {
  return std::unexpected(net::RpcError{error.code, error.message, json::object{{"reason", error.reason}}});
}

/// Hands the request to the driver and waits.
std::expected<protocol::Reply, net::RpcError> ask(QueryDesk& desk, protocol::Request request, milliseconds patience) {
  auto future = desk.ask(std::move(request));
  if (future.wait_for(patience) != std::future_status::ready) {
    return refuse({rpc::kWorkerNotReady, "busy", "the worker is busy; ask again later"});
  }
  try {
    auto result = future.get();
    if (!result) return refuse(result.error());
    return *std::move(result);
  } catch (const std::future_error&) {  // the driver ended while this waited
    return refuse({rpc::kWorkerStopped, "stopped", "the worker is stopping; ask another worker"});
  }
}

net::RpcResult shielding_key(QueryDesk& desk, milliseconds patience) {
  const auto reply = ask(desk, protocol::GetShieldingKey{}, patience);
  if (!reply) return std::unexpected(reply.error());
  const auto* key = std::get_if<protocol::ShieldingKeyAnswer>(&*reply);
  if (key == nullptr) return refuse({rpc::kWorkerRefused, "refused", "the enclave gave no shielding key"});
  return rpc::to_json(*key);
}

std::expected<protocol::SealedAnswer, net::RpcError> sealed_query(QueryDesk& desk, const json::array& params,
                                                                  milliseconds patience) {
  const auto bytes = params.size() == 1 ? rpc::bytes_from_json(params[0]) : std::nullopt;
  if (!bytes) return net::invalid_params("one parameter is needed: the sealed query in hex (\"0x…\")");
  auto query = scale::decode<protocol::SealedQuery>(*bytes);
  if (!query)
    return net::invalid_params("the sealed query does not decode: " + std::string(scale::to_string(query.error())));
  auto reply = ask(desk, protocol::ExecuteQuery{*std::move(query)}, patience);
  if (!reply) return std::unexpected(reply.error());
  auto* answer = std::get_if<protocol::SealedAnswer>(&*reply);
  if (answer == nullptr) return refuse({rpc::kWorkerRefused, "refused", "the enclave gave no answer"});
  return std::move(*answer);
}

net::RpcResult getter(QueryDesk& desk, const json::array& params, milliseconds patience) {
  const auto answer = sealed_query(desk, params, patience);
  if (!answer) return std::unexpected(answer.error());
  return json::object{{"answer", rpc::hex_json(answer->sealed)}};
}

net::RpcResult receipt(QueryDesk& desk, const Api::AgreementSource& agreements, const json::array& params,
                       milliseconds patience) {
  const auto answer = sealed_query(desk, params, patience);
  if (!answer) return std::unexpected(answer.error());
  const auto proof = answer->receipts_of ? agreements(*answer->receipts_of) : Bytes{};
  return json::object{{"answer", rpc::hex_json(answer->sealed)},
                      {"agreement", proof.empty() ? json::value(nullptr) : rpc::hex_json(proof)}};
}

/// From the bare pair, or from the file that workers hand out.
std::optional<finality::Equivocation> read_equivocation(ByteView bytes) {
  if (auto pair = scale::decode<finality::Equivocation>(bytes)) return *std::move(pair);
  if (auto file = scale::decode<finality::EquivocationFile>(bytes)) return std::move(file->evidence);
  return std::nullopt;
}

net::RpcResult report_equivocation(QueryDesk& desk, const json::array& params, milliseconds patience) {
  const auto bytes = params.size() == 1 ? rpc::bytes_from_json(params[0]) : std::nullopt;
  auto evidence = bytes ? read_equivocation(*bytes) : std::nullopt;
  if (!evidence) return net::invalid_params("one parameter is needed: two sealed headers, SCALE in hex (\"0x…\")");
  const auto reply = ask(desk, protocol::ReportEquivocation{*std::move(evidence)}, patience);
  if (!reply) return std::unexpected(reply.error());
  return json::object{{"accepted", true}};
}

net::RpcResult get_equivocation(const QueryDesk& desk) {
  const auto file = desk.equivocation();
  return json::object{{"evidence", file ? rpc::hex_json(*file) : json::value(nullptr)}};
}

}  // namespace

net::ServerOptions server_options(const std::string& address, std::uint16_t port) {
  net::ServerOptions options;
  options.bind_address = address;
  options.port = port;
  options.max_body = kMaxRequest;
  options.max_connections_per_address = 64;
  options.threads = 16;  // they mostly wait for the driver
  return options;
}

Api::Api(QueryDesk& desk, std::string version, AgreementSource agreements, milliseconds patience) : desk_(desk) {
  namespace name = rpc::worker_method;
  methods_.method(name::kShieldingKey, [&desk, patience](const json::array&) { return shielding_key(desk, patience); });
  methods_.method(name::kExecuteGetter,
                  [&desk, patience](const json::array& params) { return getter(desk, params, patience); });
  methods_.method(name::kReceipt, [&desk, patience, agreements = std::move(agreements)](const json::array& params) {
    return receipt(desk, agreements, params, patience);
  });
  methods_.method(name::kReportEquivocation,
                  [&desk, patience](const json::array& params) { return report_equivocation(desk, params, patience); });
  methods_.method(name::kGetEquivocation, [&desk](const json::array&) { return get_equivocation(desk); });
  methods_.method(name::kHealth, [&desk](const json::array&) -> net::RpcResult { return rpc::to_json(desk.health()); });
  methods_.method(name::kVersion, [version = std::move(version)](const json::array&) -> net::RpcResult {
    return json::string(version);
  });
}

void Api::mount(net::Server& server) {
  methods_.mount(server);
  server.route("GET", "/health", [this](const net::Request&) {
    return net::Response::json(200, json::serialize(rpc::to_json(desk_.health())));
  });
  server.route("GET", "/equivocation", [this](const net::Request&) {
    auto file = desk_.equivocation();
    if (!file) return net::Response::text(404, "This worker knows of no equivocation\n");
    return net::Response::bytes("application/octet-stream", *std::move(file));
  });
  server.route("GET", "/ready", [this](const net::Request&) {
    const auto health = desk_.health();
    return net::Response::json(health.is_ready ? 200 : 503, json::serialize(rpc::to_json(health)));
  });
}

}  // namespace substratee::worker::api
