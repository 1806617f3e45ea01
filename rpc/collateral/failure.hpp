#pragma once

/// What went wrong with a source of collateral: who is to act, and whether asking again soon may help.

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace substratee::rpc::collateral {

enum class FailureCode : std::uint8_t {
  kConfig,        ///< a setting that cannot be used
  kUnreachable,   ///< nobody answers, or not in time
  kBadRequest,    ///< 400: the service does not understand us
  kUnauthorized,  ///< 401, 403: the subscription key is missing or wrong
  kNotFound,      ///< 404: it does not know this platform; for directories, no such file
  kGone,          ///< 410: it no longer gives this data set
  kBusy,          ///< 429: asked too often; see retry_after
  kServer,        ///< 5xx, and whatever else HTTP has
  kBadAnswer,     ///< an answer that is none: too large, no issuer chain, no DER
};
[[nodiscard]] std::string_view to_string(FailureCode code) noexcept;

struct Failure {
  FailureCode code{};
  std::string thing;                           ///< "https://…/qe/identity: 429"; never with the subscription key
  std::string next_step;                       ///< "asking again later"
  std::optional<std::uint32_t> retry_after{};  ///< seconds that the service asks for

  [[nodiscard]] std::string to_string() const { return thing + "; " + next_step; }
  /// The service may answer the same question soon, without anybody's doing.
  [[nodiscard]] bool is_passing() const noexcept {
    return code == FailureCode::kUnreachable || code == FailureCode::kBusy || code == FailureCode::kServer ||
           code == FailureCode::kBadAnswer;
  }
  friend bool operator==(const Failure&, const Failure&) = default;
};

template <class T>
using Result = std::expected<T, Failure>;

[[nodiscard]] inline std::unexpected<Failure> fail(FailureCode code, std::string thing, std::string next_step) {
  return std::unexpected(Failure{code, std::move(thing), std::move(next_step), std::nullopt});
}

}  // namespace substratee::rpc::collateral
