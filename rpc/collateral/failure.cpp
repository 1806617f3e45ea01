#include "rpc/collateral/failure.hpp"

namespace substratee::rpc::collateral {

std::string_view to_string(FailureCode code) noexcept {
  switch (code) {
    case FailureCode::kConfig: return "wrong configuration";
    case FailureCode::kUnreachable: return "unreachable";
    case FailureCode::kBadRequest: return "bad request";
    case FailureCode::kUnauthorized: return "not authorized";
    case FailureCode::kNotFound: return "not found";
    case FailureCode::kGone: return "no longer served";
    case FailureCode::kBusy: return "asked too often";
    case FailureCode::kServer: return "server error";
    case FailureCode::kBadAnswer: return "bad answer";
  }
  return "unknown";
}

}  // namespace substratee::rpc::collateral
