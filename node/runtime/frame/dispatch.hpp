#pragma once

/// Why a dispatched call failed (sp_runtime::DispatchError), with Substrate's wire form.

#include "core/registry/calls.hpp"
#include "core/scale/codec.hpp"

#include <string>

namespace substratee::node::runtime {

struct OtherError {
  static constexpr std::uint8_t kScaleIndex = 0;
  SUBSTRATEE_FIELDS(OtherError)
  friend bool operator==(const OtherError&, const OtherError&) = default;
};
/// The call needs another origin: root, or the block's author.
struct BadOrigin {
  static constexpr std::uint8_t kScaleIndex = 2;
  SUBSTRATEE_FIELDS(BadOrigin)
  friend bool operator==(const BadOrigin&, const BadOrigin&) = default;
};
/// The pallet `index` refuses; the first byte of `error` is the position in its error list.
struct ModuleError {
  static constexpr std::uint8_t kScaleIndex = 3;
  std::uint8_t index = 0;
  FixedBytes<4> error;
  SUBSTRATEE_FIELDS(ModuleError, index, error)
  friend bool operator==(const ModuleError&, const ModuleError&) = default;
};
enum class TokenReason : std::uint8_t {
  kFundsUnavailable,
  kOnlyProvider,
  kBelowMinimum,
  kCannotCreate,
  kUnknownAsset,
  kFrozen,
  kUnsupported,
  kCannotCreateHold,
  kNotExpendable,
  kBlocked,
};
constexpr TokenReason scale_last(TokenReason) { return TokenReason::kBlocked; }
struct TokenError {
  static constexpr std::uint8_t kScaleIndex = 7;
  TokenReason reason{};
  SUBSTRATEE_FIELDS(TokenError, reason)
  friend bool operator==(const TokenError&, const TokenError&) = default;
};
enum class ArithmeticReason : std::uint8_t { kUnderflow, kOverflow, kDivisionByZero };
constexpr ArithmeticReason scale_last(ArithmeticReason) { return ArithmeticReason::kDivisionByZero; }
struct ArithmeticError {
  static constexpr std::uint8_t kScaleIndex = 8;
  ArithmeticReason reason{};
  SUBSTRATEE_FIELDS(ArithmeticError, reason)
  friend bool operator==(const ArithmeticError&, const ArithmeticError&) = default;
};

using DispatchError = std::variant<OtherError, BadOrigin, ModuleError, TokenError, ArithmeticError>;
template <class T = void>
using DispatchResult = std::expected<T, DispatchError>;

/// A pallet's own error enum as DispatchError.
template <class Error>
[[nodiscard]] DispatchError module_error(std::uint8_t pallet, Error error) {
  ModuleError out{.index = pallet, .error = {}};
  out.error[0] = static_cast<std::uint8_t>(error);
  return out;
}
[[nodiscard]] inline DispatchError to_dispatch(registry::Error error) {
  return module_error(registry::kRegistryIndex, error);
}

}  // namespace substratee::node::runtime
