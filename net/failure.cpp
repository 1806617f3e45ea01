#include "net/failure.hpp"

namespace substratee::net {

std::string_view to_string(FailureCode code) noexcept {
  switch (code) {
    case FailureCode::kUnreachable: return "unreachable";
    case FailureCode::kTimeout: return "timed out";
    case FailureCode::kClosed: return "connection closed";
    case FailureCode::kProtocol: return "protocol error";
    case FailureCode::kRefused: return "refused";
    case FailureCode::kTooLarge: return "too large";
    case FailureCode::kBadUrl: return "bad address";
    case FailureCode::kSystem: return "system error";
  }
  return "unknown failure";
}

std::string Failure::to_string() const {
  std::string out(net::to_string(code));
  if (!thing.empty()) out += ": " + thing;
  if (!next_step.empty()) out += "; " + next_step;
  return out;
}

}  // namespace substratee::net
