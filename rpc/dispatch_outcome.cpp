#include "rpc/dispatch_outcome.hpp"

#include "core/registry/calls.hpp"
#include "core/registry/storage.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace substratee::rpc {
namespace {

constexpr std::uint8_t kApplyExtrinsicPhase = 0;
constexpr std::uint8_t kExtrinsicFailed = 1;
constexpr std::uint8_t kModuleError = 3;
constexpr std::uint8_t kTokenError = 7;
constexpr std::uint8_t kArithmeticError = 8;

std::string module_error(std::uint8_t pallet, std::uint8_t error) {
  if (pallet == registry::kRegistryIndex && error <= static_cast<std::uint8_t>(scale_last(registry::Error{}))) {
    return fmt::format("{}.{}", registry::kPalletName, registry::to_string(static_cast<registry::Error>(error)));
  }
  return fmt::format("pallet {} error {}", pallet, error);
}

/// "Token.FundsUnavailable": the error's own name behind its kind's.
std::string nested(std::string_view kind, std::span<const std::string_view> names, ByteView error) {
  if (error.size() < 2 || error[1] >= names.size()) return std::string(kind);
  return fmt::format("{}.{}", kind, names[error[1]]);
}

constexpr std::string_view kTokenNames[] = {"FundsUnavailable", "OnlyProvider", "BelowMinimum",     "CannotCreate",  "UnknownAsset",
                                            "Frozen",           "Unsupported",  "CannotCreateHold", "NotExpendable", "Blocked"};
constexpr std::string_view kArithmeticNames[] = {"Underflow", "Overflow", "DivisionByZero"};

/// DispatchError (sp_runtime), by its first bytes.
std::string describe(ByteView error) {
  constexpr std::string_view kNames[] = {"Other",          "CannotLookup",       "BadOrigin", "Module",
                                         "ConsumerRemaining", "NoProviders",     "TooManyConsumers", "Token",
                                         "Arithmetic",     "Transactional",      "Exhausted", "Corruption",
                                         "Unavailable",    "RootNotAllowed"};
  if (error.empty()) return "unknown";
  if (error[0] == kModuleError && error.size() >= 3) return module_error(error[1], error[2]);
  if (error[0] == kTokenError) return nested("Token", kTokenNames, error);
  if (error[0] == kArithmeticError) return nested("Arithmetic", kArithmeticNames, error);
  return error[0] < std::size(kNames) ? std::string(kNames[error[0]]) : "unknown";
}

}  // namespace

std::optional<std::string> find_dispatch_error(ByteView events, std::uint32_t index) {
  scale::Encoder pattern;
  pattern.byte(kApplyExtrinsicPhase);
  pattern.little_endian(index, 4);
  pattern.byte(registry::kSystemIndex);
  pattern.byte(kExtrinsicFailed);
  const auto& bytes = pattern.bytes();
  const auto found = std::search(events.begin(), events.end(), bytes.begin(), bytes.end());
  if (found == events.end()) return std::nullopt;
  return describe(ByteView(found, events.end()).subspan(bytes.size()));
}

}  // namespace substratee::rpc
