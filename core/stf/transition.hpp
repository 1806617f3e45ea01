#pragma once

/// A state transition function, by name. To add one: a folder in core/stf and a line in transition.cpp.
/// Pure: the same state and call give the same result in every enclave; no clock, no entropy.

#include "core/stf/state_map.hpp"

#include <expected>
#include <string>
#include <string_view>

namespace substratee::stf {

enum class Error {
  kUnknownFunction,  ///< no such state transition function in this build
  kMalformedCall,    ///< the call or query does not decode
  kRefused,          ///< the function's own rules refuse the call
};
[[nodiscard]] std::string_view to_string(Error error) noexcept;
template <class T>
using Result = std::expected<T, Error>;

/// One function's entry points.
struct Transition {
  std::string_view name;
  /// Applies an encoded call of `account`. On error the caller drops what was written.
  Result<void> (*apply)(StateMap& state, const primitives::AccountId& account, ByteView call);
  /// The encoded value that answers `account`'s own query.
  Result<Bytes> (*query)(const StateReader& state, const primitives::AccountId& account, ByteView query);
  /// For people: "increment 42" to an encoded call, "counter" to an encoded query, an encoded value to text.
  Result<Bytes> (*call_from_text)(std::string_view text);
  Result<Bytes> (*query_from_text)(std::string_view text);
  Result<std::string> (*value_to_text)(ByteView value);
};

/// The function of that name, or nullptr.
[[nodiscard]] const Transition* find(std::string_view name) noexcept;

}  // namespace substratee::stf
