#include "rpc/dispatch_outcome.hpp"

#include "core/registry/calls.hpp"
#include "core/registry/storage.hpp"
#include "core/scale/coder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace substratee::rpc {
namespace {

constexpr std::uint8_t kApplyExtrinsicPhase = 0;
constexpr std::uint8_t kInitializationPhase = 2;
constexpr std::uint8_t kExtrinsicFailed = 1;
constexpr std::uint8_t kModuleError = 3;
constexpr std::uint8_t kTokenError = 7;
constexpr std::uint8_t kArithmeticError = 8;

std::string module_error(std::uint8_t pallet, std::uint8_t error) {
  if (pallet == registry::kRegistryIndex && error <= static_cast<std::uint8_t>(scale_last(registry::Error{}))) {
    return fmt::format("{}.{}", registry::kPalletName, registry::to_string(static_cast<registry::Error>(error)));
  }
  if (pallet == registry::kSudoIndex && error == 0) return "Sudo.RequireSudo";
  return fmt::format("pallet {} error {}", pallet, error);
}

/// "Token.FundsUnavailable": the error's own name behind its kind's.
std::string nested(std::string_view kind, std::span<const std::string_view> names, ByteView error) {
  if (error.size() < 2 || error[1] >= names.size()) return std::string(kind);
  return fmt::format("{}.{}", kind, names[error[1]]);
}

constexpr std::string_view kTokenNames[] = {"FundsUnavailable", "OnlyProvider", "BelowMinimum", "CannotCreate",
                                            "UnknownAsset",     "Frozen",       "Unsupported",  "CannotCreateHold",
                                            "NotExpendable",    "Blocked"};
constexpr std::string_view kArithmeticNames[] = {"Underflow", "Overflow", "DivisionByZero"};

/// DispatchError (sp_runtime), by its first bytes.
std::string describe(ByteView error) {
  constexpr std::string_view kNames[] = {
      "Other", "CannotLookup", "BadOrigin",     "Module",    "ConsumerRemaining", "NoProviders", "TooManyConsumers",
      "Token", "Arithmetic",   "Transactional", "Exhausted", "Corruption",        "Unavailable", "RootNotAllowed"};
  if (error.empty()) return "unknown";
  if (error[0] == kModuleError && error.size() >= 3) return module_error(error[1], error[2]);
  if (error[0] == kTokenError) return nested("Token", kTokenNames, error);
  if (error[0] == kArithmeticError) return nested("Arithmetic", kArithmeticNames, error);
  return error[0] < std::size(kNames) ? std::string(kNames[error[0]]) : "unknown";
}

/// How an event's fields stand in bytes, one letter each:
///   1 4 g a c  1, 4, 16, 32, 36 bytes      t  length and bytes      v  length and accounts
///   o  Option of one byte      p  Option of 32 bytes      w  compact
///   e  DispatchError           r  Result<(), DispatchError>
struct EventForm {
  std::uint8_t pallet;
  std::uint8_t event;
  std::string_view fields;
};

constexpr auto kForms = std::to_array<EventForm>({
    {registry::kSystemIndex, 0, "ww11"},             // ExtrinsicSuccess
    {registry::kSystemIndex, 1, "eww11"},            // ExtrinsicFailed
    {registry::kSystemIndex, 3, "a"},                // NewAccount
    {registry::kSystemIndex, 5, "aa"},               // Remarked
    {registry::kBalancesIndex, 0, "ag"},             // Endowed
    {registry::kBalancesIndex, 1, "ag"},             // DustLost
    {registry::kBalancesIndex, 2, "aag"},            // Transfer
    {registry::kSudoIndex, 0, "r"},                  // Sudid
    {registry::kSudoIndex, 1, "pa"},                 // KeyChanged
    {registry::kSudoIndex, 2, ""},                   // KeyRemoved
    {registry::kTransactionPaymentIndex, 0, "agg"},  // TransactionFeePaid
    {registry::kUtilityIndex, 0, "4e"},              // BatchInterrupted
    {registry::kUtilityIndex, 1, ""},                // BatchCompleted
    {registry::kUtilityIndex, 2, ""},                // BatchCompletedWithErrors
    {registry::kUtilityIndex, 3, ""},                // ItemCompleted
    {registry::kUtilityIndex, 4, "e"},               // ItemFailed
    {registry::kRegistryIndex, 0, "aa111at"},        // AddedEnclave
    {registry::kRegistryIndex, 1, "aa111at"},        // UpdatedEnclave
    {registry::kRegistryIndex, 2, "a"},              // RemovedEnclave
    {registry::kRegistryIndex, 3, "a4aa"},           // ShardFounded
    {registry::kRegistryIndex, 4, "a4"},             // FoundingReopened
    {registry::kRegistryIndex, 5, "aaa"},            // Forwarded
    {registry::kRegistryIndex, 6, "aa4ac"},          // BlockConfirmed
    {registry::kRegistryIndex, 7, "a4aac4v"},        // StateAgreed
    {registry::kRegistryIndex, 8, "a4"},             // Disputed
    {registry::kRegistryIndex, 9, "a4a"},            // Diverged
    {registry::kRegistryIndex, 10, "aao"},           // MemberChanged
    {registry::kRegistryIndex, 11, "a4aaa"},         // KeyReleased
    {registry::kRegistryIndex, 12, "a"},             // MeasurementAllowed
    {registry::kRegistryIndex, 13, "a"},             // MeasurementRemoved
    {registry::kRegistryIndex, 14, "a1411444g444"},  // CollateralRegistered
    {registry::kRegistryIndex, 15, "a"},             // PolicySet
    {registry::kRegistryIndex, 16, "a1144"},         // EnclaveAppraised
});

constexpr std::size_t kMaxItems = std::size_t{1} << 20;

bool skip_bytes(scale::Decoder& in, std::size_t size) { return in.raw(size).has_value(); }

/// `unit` bytes for each item.
bool skip_list(scale::Decoder& in, std::size_t unit) {
  const auto count = in.compact(kMaxItems);
  return count && skip_bytes(in, static_cast<std::size_t>(*count) * unit);
}

bool skip_option(scale::Decoder& in, std::size_t size) {
  const auto is_there = in.byte();
  return is_there && *is_there <= 1 && skip_bytes(in, *is_there == 0 ? 0 : size);
}

bool skip_error(scale::Decoder& in) {
  const auto kind = in.byte();
  if (!kind) return false;
  const bool has_reason = *kind == kTokenError || *kind == kArithmeticError;
  return skip_bytes(in, *kind == kModuleError ? 5 : has_reason ? 1 : 0);
}

bool skip_result(scale::Decoder& in) {
  const auto is_error = in.byte();
  return is_error && (*is_error == 0 || skip_error(in));
}

bool skip_field(scale::Decoder& in, char field) {
  switch (field) {
    case '1': return skip_bytes(in, 1);
    case '4': return skip_bytes(in, 4);
    case 'g': return skip_bytes(in, 16);
    case 'a': return skip_bytes(in, 32);
    case 'c': return skip_bytes(in, 36);
    case 't': return skip_list(in, 1);
    case 'v': return skip_list(in, 32);
    case 'o': return skip_option(in, 1);
    case 'p': return skip_option(in, 32);
    case 'w': return in.compact(~std::uint64_t{0}).has_value();
    case 'e': return skip_error(in);
    default: return skip_result(in);
  }
}

bool skip_event(scale::Decoder& in, std::uint8_t pallet, std::uint8_t event) {
  const auto form =
      std::ranges::find_if(kForms, [&](const EventForm& one) { return one.pallet == pallet && one.event == event; });
  if (form == kForms.end()) return false;
  for (const char field : form->fields) {
    if (!skip_field(in, field)) return false;
  }
  return true;
}

struct Head {
  std::optional<std::uint32_t> extrinsic;  ///< nothing outside of extrinsics
  std::uint8_t pallet = 0;
  std::uint8_t event = 0;
};

std::optional<Head> read_head(scale::Decoder& in) {
  Head head;
  const auto phase = in.byte();
  if (!phase || *phase > kInitializationPhase) return std::nullopt;
  if (*phase == kApplyExtrinsicPhase) {
    const auto index = in.little_endian(4);
    if (!index) return std::nullopt;
    head.extrinsic = static_cast<std::uint32_t>(*index);
  }
  const auto pallet = in.byte();
  const auto event = in.byte();
  if (!pallet || !event) return std::nullopt;
  head.pallet = *pallet;
  head.event = *event;
  return head;
}

}  // namespace

std::optional<std::string> find_dispatch_error(ByteView events, std::uint32_t index) {
  scale::Decoder in(events);
  const auto count = in.compact(kMaxItems);
  if (!count) return std::nullopt;
  for (std::size_t i = 0; i < static_cast<std::size_t>(*count); ++i) {
    const auto head = read_head(in);
    if (!head) return "unknown";
    const bool is_end = head->pallet == registry::kSystemIndex && head->event <= kExtrinsicFailed;
    if (is_end && head->extrinsic == index) {
      if (head->event == kExtrinsicFailed) return describe(in.rest());
      return std::nullopt;
    }
    const bool is_known = skip_event(in, head->pallet, head->event);
    if (!is_known || !skip_list(in, 32)) return "unknown";
  }
  return std::nullopt;
}

}  // namespace substratee::rpc
