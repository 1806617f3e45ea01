#pragma once

/// What went wrong in a worker, said to a person: which thing, and what to do next. The code says who is to be asked
/// again and what ends the worker.

#include "core/protocol/enclave_messages.hpp"

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace substratee::worker {

enum class FailureCode : std::uint8_t {
  kNode,      ///< the node is away or answers nonsense: later again
  kPeer,      ///< another worker is away or misbehaves: another one, or later again
  kRefused,   ///< the enclave refuses this request: see `refusal`
  kEnclave,   ///< the enclave stopped, hangs, or speaks nonsense: the worker ends
  kStorage,   ///< the disk failed: the worker ends
  kDiskFull,  ///< no room: nothing is lost, later again
  kOption,    ///< a setting that cannot be used: the worker does not start
};

struct Failure {
  FailureCode code{};
  std::string thing;      ///< "the enclave stopped (killed by SIGSYS)"
  std::string next_step;  ///< "look at its last lines above"
  std::optional<protocol::Refusal> refusal;

  /// "<thing>; <next step>", one line.
  [[nodiscard]] std::string to_string() const { return next_step.empty() ? thing : thing + "; " + next_step; }
  [[nodiscard]] bool ends_the_worker() const noexcept {
    return code == FailureCode::kEnclave || code == FailureCode::kStorage || code == FailureCode::kOption;
  }
};

template <class T>
using Result = std::expected<T, Failure>;

[[nodiscard]] inline std::unexpected<Failure> fail(FailureCode code, std::string thing, std::string next_step) {
  return std::unexpected(Failure{code, std::move(thing), std::move(next_step), std::nullopt});
}

}  // namespace substratee::worker
