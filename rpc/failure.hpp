#pragma once

/// What went wrong with a service, said to a person: which thing, and what to do next.

#include "net/json_rpc_client.hpp"

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace substratee::rpc {

enum class FailureCode : std::uint8_t {
  kUnreachable,  ///< nobody listens there
  kTimeout,      ///< it did not answer in time
  kClosed,       ///< the connection ended
  kBadUrl,       ///< an address that cannot be used
  kBadAnswer,    ///< it answered, but not in the form of this contract
  kRefused,      ///< it answered with an error: see `rpc_code` and `reason`
  kInvalid,      ///< an extrinsic that the node refused or dropped
};

[[nodiscard]] std::string_view to_string(FailureCode code) noexcept;

struct Failure {
  FailureCode code{};
  std::string thing;      ///< "the node at ws://127.0.0.1:9944 does not answer (connection refused)"
  std::string next_step;  ///< "is substratee-node running? try --node-url"
  int rpc_code = 0;       ///< kRefused: the JSON-RPC error's code
  std::string reason;     ///< kRefused: the JSON-RPC error's data.reason ("behind"), or empty

  /// "<thing>; <next step>", one line.
  [[nodiscard]] std::string to_string() const;
  /// True if the service itself has said nothing: asking again later may help.
  [[nodiscard]] bool is_connection() const noexcept {
    return code == FailureCode::kUnreachable || code == FailureCode::kTimeout || code == FailureCode::kClosed;
  }
};

template <class T>
using Result = std::expected<T, Failure>;

[[nodiscard]] inline std::unexpected<Failure> fail(FailureCode code, std::string thing, std::string next_step) {
  return std::unexpected(Failure{code, std::move(thing), std::move(next_step), 0, {}});
}

/// `service`: "the node at ws://…"; `advice`: what to do when it does not answer.
[[nodiscard]] Failure to_failure(const net::Failure& failure, std::string_view service, std::string_view advice);
[[nodiscard]] Failure to_failure(const net::CallError& error, std::string_view service, std::string_view method,
                                 std::string_view advice);

}  // namespace substratee::rpc
