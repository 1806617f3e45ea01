#pragma once

/// CHECK: an invariant of our own code, kept in every build. Bytes from outside never reach one:
/// wrong input is a Result, wrong code aborts.

namespace substratee {

/// Writes one line to standard error and aborts.
[[noreturn]] void check_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace substratee

#define SUBSTRATEE_CHECK(condition) \
  (static_cast<bool>(condition) ? static_cast<void>(0) : ::substratee::check_failed(#condition, __FILE__, __LINE__))
