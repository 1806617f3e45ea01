#include "core/registry/calls.hpp"

#include "core/primitives/signature.hpp"

#include <array>

namespace substratee::registry {
namespace {

/// Balances.transfer_keep_alive, as Substrate numbers it.
constexpr std::uint8_t kTransferKeepAlive = 3;

constexpr std::array kErrorNames = std::to_array<std::string_view>({
    "EvidenceTooLarge",
    "UrlInvalid",
    "EvidenceRefused",
    "AccountMismatch",
    "StaleEvidence",
    "WrongMeasurement",
    "PolicyRefused",
    "TooManyRegistrations",
    "TooManyMembers",
    "NotRegistered",
    "WrongInstance",
    "UnknownShard",
    "NoKey",
    "AlreadyFounded",
    "NotTopLevel",
    "Backlog",
    "SealedCallTooLarge",
    "UnknownBlock",
    "WrongBlockHash",
    "AlreadyConfirmed",
    "NotAMember",
    "Quarantined",
    "Expired",
    "NotActive",
    "UnknownEpoch",
    "ReleaseRefused",
    "AlreadyExists",
    "UnknownMeasurement",
    "OutOfOrder",
    "TooManyMeasurements",
    "MissingCollateral",
    "CollateralRefused",
    "OlderCollateral",
    "SameCollateral",
    "TooManyCollateral",
});
static_assert(kErrorNames.size() == static_cast<std::size_t>(scale_last(Error{})) + 1);

}  // namespace

Bytes encode_call(const RegistryCall& call) {
  scale::Encoder out;
  out.byte(kRegistryIndex);
  scale::encode_to(out, call);
  return std::move(out).take();
}

Bytes encode_transfer(const AccountId& to, primitives::Balance amount) {
  scale::Encoder out;
  out.byte(kBalancesIndex);
  out.byte(kTransferKeepAlive);
  scale::encode_to(out, primitives::MultiAddress{primitives::AddressId{to}});
  out.compact(amount);
  return std::move(out).take();
}

std::string_view to_string(Error error) noexcept {
  const auto index = static_cast<std::size_t>(error);
  return index < kErrorNames.size() ? kErrorNames[index] : "Unknown";
}

}  // namespace substratee::registry
