#pragma once

/// What went wrong between a client and the network, said to a person: which thing, and what to do next.

#include "rpc/failure.hpp"

namespace substratee::client {

enum class Code : std::uint8_t {
  kUsage,         ///< what the caller asked for cannot be: a bad text, a bad key
  kUnreachable,   ///< node or worker does not answer
  kNoWorker,      ///< the shard has no worker that could be asked
  kWrongChain,    ///< the node serves another chain than the one pinned
  kWrongCharter,  ///< the shard has another charter than the one pinned
  kUnknownShard,  ///< the chain has no such shard
  kNotFounded,    ///< the shard has no key yet
  kNotThere,      ///< what was asked for does not exist, or not there: ask another worker
  kForged,        ///< a node or worker says what cannot be true; nothing of it is used
  kRefused,       ///< chain, worker or enclave said no
  kDisputed,      ///< the shard's workers disagree
  kTimeout,
};
/// One word, for machines: "wrong_chain".
[[nodiscard]] std::string_view to_string(Code code) noexcept;
/// The exit status of a program that ends so: 2 usage, 3 unreachable, 4 refused or forged, 5 timeout.
[[nodiscard]] int exit_status(Code code) noexcept;

struct Failure {
  Code code{};
  std::string thing;      ///< "the node at ws://… serves chain 0x12…, not 0x34…"
  std::string next_step;  ///< "correct --genesis, or connect to another node"
  std::string reason{};   ///< of a proof that does not hold, in one word ("not_final"); else empty

  Failure(Code why, std::string what, std::string advice)
      : code(why), thing(std::move(what)), next_step(std::move(advice)) {}
  /// Implicit: what went wrong on the way is passed on as it is.
  Failure(rpc::Failure failure);

  /// "<thing>; <next step>", one line.
  [[nodiscard]] std::string to_string() const;
};

template <class T>
using Result = std::expected<T, Failure>;

[[nodiscard]] inline std::unexpected<Failure> fail(Code code, std::string thing, std::string next_step) {
  return std::unexpected(Failure{code, std::move(thing), std::move(next_step)});
}

}  // namespace substratee::client
