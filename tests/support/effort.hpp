#pragma once

/// How much a randomised test does: ten times as much under ./test.sh --long.

#include <cstddef>
#include <cstdlib>
#include <string_view>

namespace substratee::test {

/// `count` seeds or rounds, or ten times as many.
[[nodiscard]] inline std::size_t effort(std::size_t count) {
  const char* is_long = std::getenv("SUBSTRATEE_LONG");
  return is_long != nullptr && std::string_view(is_long) == "1" ? 10 * count : count;
}

}  // namespace substratee::test
