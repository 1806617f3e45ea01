#include "rpc/failure.hpp"

#include <fmt/format.h>

namespace substratee::rpc {
namespace {

FailureCode to_code(net::FailureCode code) {
  switch (code) {
    case net::FailureCode::kTimeout: return FailureCode::kTimeout;
    case net::FailureCode::kClosed: return FailureCode::kClosed;
    case net::FailureCode::kBadUrl: return FailureCode::kBadUrl;
    case net::FailureCode::kProtocol:
    case net::FailureCode::kTooLarge: return FailureCode::kBadAnswer;
    default: return FailureCode::kUnreachable;
  }
}

std::string reason_of(const net::RpcError& error) {
  if (!error.data || !error.data->is_object()) return {};
  const auto* reason = error.data->as_object().if_contains("reason");
  return reason != nullptr && reason->is_string() ? std::string(reason->as_string()) : std::string();
}

/// The server's own detail, if it gave one as text.
std::string detail_of(const net::RpcError& error) {
  return error.data && error.data->is_string() ? fmt::format(" ({})", std::string_view(error.data->as_string())) : "";
}

}  // namespace

std::string_view to_string(FailureCode code) noexcept {
  switch (code) {
    case FailureCode::kUnreachable: return "unreachable";
    case FailureCode::kTimeout: return "no answer in time";
    case FailureCode::kClosed: return "connection closed";
    case FailureCode::kBadUrl: return "bad address";
    case FailureCode::kBadAnswer: return "unexpected answer";
    case FailureCode::kRefused: return "refused";
    case FailureCode::kInvalid: return "invalid extrinsic";
  }
  return "unknown";
}

std::string Failure::to_string() const { return next_step.empty() ? thing : fmt::format("{}; {}", thing, next_step); }

Failure to_failure(const net::Failure& failure, std::string_view service, std::string_view advice) {
  const auto code = to_code(failure.code);
  if (code == FailureCode::kBadUrl) return {code, failure.thing, failure.next_step, 0, {}};
  const auto* verb = code == FailureCode::kClosed      ? "closed the connection"
                     : code == FailureCode::kBadAnswer ? "does not speak the protocol expected"
                                                       : "does not answer";
  return {code, fmt::format("{} {} ({})", service, verb, failure.thing), std::string(advice), 0, {}};
}

Failure to_failure(const net::CallError& error, std::string_view service, std::string_view method,
                   std::string_view advice) {
  if (const auto* failure = error.failure()) return to_failure(*failure, service, advice);
  const auto& rpc = *error.rpc();
  auto thing = fmt::format("{} refused {}: {}{}", service, method, rpc.message, detail_of(rpc));
  return {FailureCode::kRefused, std::move(thing), {}, rpc.code, reason_of(rpc)};
}

}  // namespace substratee::rpc
