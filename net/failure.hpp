#pragma once

/// What went wrong between two machines, said to a person: which thing, and what to do next.
/// Not for verdicts about content: a peer that cannot be reached has said nothing wrong.

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace substratee::net {

enum class FailureCode : std::uint8_t {
  kUnreachable,  ///< no name, no route, nobody listens
  kTimeout,      ///< the time allowed is over
  kClosed,       ///< the connection ended, from either side
  kProtocol,     ///< the peer does not speak what was expected
  kRefused,      ///< the peer, or a limit of ours, said no
  kTooLarge,     ///< beyond a size limit
  kBadUrl,       ///< an address that cannot be used
  kSystem,       ///< the operating system refused a socket, a port or a thread
};

[[nodiscard]] std::string_view to_string(FailureCode code) noexcept;

struct Failure {
  FailureCode code{};
  std::string thing;      ///< "ws://127.0.0.1:9944: connection refused"
  std::string next_step;  ///< "start the node, or correct --node-url"

  /// "unreachable: <thing>; <next step>", one line.
  [[nodiscard]] std::string to_string() const;
};

template <class T>
using Result = std::expected<T, Failure>;

[[nodiscard]] inline std::unexpected<Failure> fail(FailureCode code, std::string thing, std::string next_step) {
  return std::unexpected(Failure{code, std::move(thing), std::move(next_step)});
}

}  // namespace substratee::net
