#pragma once

/// The one way to report errors: wrong input returns Result<T, Error>, each library with its own Error.

#include <expected>
#include <type_traits>
#include <utility>

namespace substratee::detail {

template <class Expected>
constexpr auto take_value(Expected&& expected) {
  if constexpr (!std::is_void_v<typename std::remove_cvref_t<Expected>::value_type>) {
    return std::move(*expected);
  }
}

}  // namespace substratee::detail

/// `auto value = SUBSTRATEE_TRY(f());` — the value, or return f's error from this function (same Error type).
/// Not for use inside coroutines.
#define SUBSTRATEE_TRY(...)                                             \
  __extension__({                                                       \
    auto&& substratee_try_result = (__VA_ARGS__);                       \
    if (!substratee_try_result) {                                       \
      return std::unexpected(std::move(substratee_try_result).error()); \
    }                                                                   \
    ::substratee::detail::take_value(std::move(substratee_try_result)); \
  })

/// As SUBSTRATEE_TRY, but returns `error` instead of f's: crossing libraries maps explicitly.
#define SUBSTRATEE_TRY_OR(error, ...)                                   \
  __extension__({                                                       \
    auto&& substratee_try_result = (__VA_ARGS__);                       \
    if (!substratee_try_result) {                                       \
      return std::unexpected(error);                                    \
    }                                                                   \
    ::substratee::detail::take_value(std::move(substratee_try_result)); \
  })
