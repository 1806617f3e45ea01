#include "worker/ipfs/failure.hpp"

#include <fmt/format.h>

namespace substratee::worker::ipfs {

std::string_view to_string(FailureCode code) noexcept {
  switch (code) {
    case FailureCode::kNotFound: return "not found";
    case FailureCode::kCorrupt: return "corrupt";
    case FailureCode::kTooLarge: return "too large";
    case FailureCode::kBadDag: return "unreadable DAG";
    case FailureCode::kLimit: return "limit reached";
    case FailureCode::kCancelled: return "cancelled";
    case FailureCode::kDiskFull: return "disk full";
    case FailureCode::kInUse: return "in use";
    case FailureCode::kStorage: return "storage failed";
    case FailureCode::kUnreachable: return "unreachable";
    case FailureCode::kRefused: return "refused";
  }
  return "unknown failure";
}

std::string Failure::to_string() const { return fmt::format("{}: {}; {}", ipfs::to_string(code), thing, next_step); }

}  // namespace substratee::worker::ipfs
