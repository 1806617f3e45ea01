#pragma once

/// What storage can say instead of an answer. The message is one sentence that names the thing and the next step.

#include <cstdint>
#include <expected>
#include <string>

namespace substratee::node::storage {

enum class Code : std::uint8_t {
  kUnknownBlock,  ///< no such block in this chain
  kPruned,        ///< the block is known, its state is no longer kept
  kForeign,       ///< the directory holds something else, or another format
  kCorrupt,       ///< the database contradicts itself
  kBusy,          ///< another process has it open
  kDisk,          ///< the disk or the file system failed
};

struct Error {
  Code code{};
  std::string message;
};

template <class T>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(Code code, std::string message) {
  return std::unexpected(Error{code, std::move(message)});
}

}  // namespace substratee::node::storage
