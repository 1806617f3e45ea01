#pragma once

/// kill -9 of an enclave at one step of the conversation with its host.

#include "tests/network/host.hpp"

namespace substratee::test {

/// Thrown through the host: its enclave is dead, and so is what the host was about to do.
struct Killed {
  Host& host;
};

enum class Moment : std::uint8_t {
  kBeforeRequest,  ///< the request never arrives
  kAfterRequest,   ///< the reply never arrives
};

/// Counts requests over all starts of a host's enclave, and kills it once, at the step that was asked for.
struct Steps {
  std::size_t count = 0;
  std::optional<std::size_t> kill_at;
  Moment moment{};
  bool is_killed = false;
};

/// From its next start on, the enclaves of `host` count their requests in `steps`, which outlives them.
void count_steps(Host& host, Steps& steps);

}  // namespace substratee::test
