#include "client/sdk/failure.hpp"

namespace substratee::client {
namespace {

Code to_code(rpc::FailureCode code) {
  switch (code) {
    case rpc::FailureCode::kUnreachable:
    case rpc::FailureCode::kClosed: return Code::kUnreachable;
    case rpc::FailureCode::kTimeout: return Code::kTimeout;
    case rpc::FailureCode::kBadUrl: return Code::kUsage;
    case rpc::FailureCode::kBadAnswer: return Code::kForged;
    case rpc::FailureCode::kRefused:
    case rpc::FailureCode::kInvalid: return Code::kRefused;
  }
  return Code::kRefused;
}

}  // namespace

std::string_view to_string(Code code) noexcept {
  switch (code) {
    case Code::kUsage: return "usage";
    case Code::kUnreachable: return "unreachable";
    case Code::kNoWorker: return "no_worker";
    case Code::kWrongChain: return "wrong_chain";
    case Code::kWrongCharter: return "wrong_charter";
    case Code::kUnknownShard: return "unknown_shard";
    case Code::kNotFounded: return "not_founded";
    case Code::kNotThere: return "not_there";
    case Code::kForged: return "forged";
    case Code::kRefused: return "refused";
    case Code::kDisputed: return "disputed";
    case Code::kTimeout: return "timeout";
  }
  return "unknown";
}

int exit_status(Code code) noexcept {
  switch (code) {
    case Code::kUsage: return 2;
    case Code::kUnreachable:
    case Code::kNoWorker: return 3;
    case Code::kTimeout: return 5;
    default: return 4;
  }
}

Failure::Failure(rpc::Failure failure)
    : code(to_code(failure.code)), thing(std::move(failure.thing)), next_step(std::move(failure.next_step)) {}

std::string Failure::to_string() const { return next_step.empty() ? thing : thing + "; " + next_step; }

}  // namespace substratee::client
