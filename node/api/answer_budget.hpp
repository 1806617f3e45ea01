#pragma once

/// Bounds what an answer takes while it is put together, so that a small request cannot make the node hold a large one
/// before it is found to be too large.

#include "node/api/params.hpp"

namespace substratee::node::api {

/// The JSON text of bytes in hexadecimal: quotes, "0x" and a comma.
[[nodiscard]] constexpr std::size_t hex_text_size(std::size_t bytes) noexcept { return 2 * bytes + 5; }

[[nodiscard]] inline RpcError answer_too_large() {
  return {net::kResponseTooLarge, "The answer is too large; ask for less", std::nullopt};
}

class AnswerBudget {
 public:
  /// `bytes` of JSON text.
  explicit AnswerBudget(std::size_t bytes) noexcept : left_(bytes) {}

  /// Before the text is made. kResponseTooLarge when it would be too much.
  [[nodiscard]] Parsed<void> take(std::size_t bytes) {
    if (bytes > left_) return std::unexpected(answer_too_large());
    left_ -= bytes;
    return {};
  }

 private:
  std::size_t left_;
};

}  // namespace substratee::node::api
