#pragma once

/// What went wrong with blocks, said to a person: which thing, and what to do next.

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace substratee::worker::ipfs {

enum class FailureCode : std::uint8_t {
  kNotFound,     ///< a block that is neither here nor at any peer asked
  kCorrupt,      ///< bytes that are not what their CID names
  kTooLarge,     ///< a block above 2 MiB
  kBadDag,       ///< a node that hashes rightly but cannot be read
  kLimit,        ///< a DAG with more blocks or bytes than allowed
  kCancelled,    ///< the caller asked to stop
  kDiskFull,     ///< no space left
  kInUse,        ///< another process has the store open
  kStorage,      ///< the disk or the file system failed
  kUnreachable,  ///< the daemon that keeps the blocks is away, or does not answer
  kRefused,      ///< that daemon answered, with an error or with nonsense
};

[[nodiscard]] std::string_view to_string(FailureCode code) noexcept;

struct Failure {
  FailureCode code{};
  std::string thing;      ///< "block bafk...: ..."
  std::string next_step;  ///< "free some space on its disk"

  /// "not found: <thing>; <next step>", one line.
  [[nodiscard]] std::string to_string() const;
};

template <class T>
using Result = std::expected<T, Failure>;

[[nodiscard]] inline std::unexpected<Failure> fail(FailureCode code, std::string thing, std::string next_step) {
  return std::unexpected(Failure{code, std::move(thing), std::move(next_step)});
}

}  // namespace substratee::worker::ipfs
