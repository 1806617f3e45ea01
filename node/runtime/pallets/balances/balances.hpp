#pragma once

/// Pallet Balances: free balances and transfers. Calls and events are numbered as in pallet_balances.

#include "core/primitives/signature.hpp"
#include "node/runtime/frame/context.hpp"
#include "node/runtime/frame/storage.hpp"

namespace substratee::node::runtime::balances {

using primitives::AccountId;
using primitives::Balance;
using primitives::MultiAddress;

inline constexpr std::string_view kName = "Balances";
inline constexpr std::uint8_t kIndex = registry::kBalancesIndex;

/// Smallest balance that an account may hold; what falls below is destroyed.
inline constexpr Balance kExistentialDeposit = 1'000'000;

inline constexpr StorageValue<Balance> kTotalIssuance{kName, "TotalIssuance"};

[[nodiscard]] constexpr auto storage() { return std::tuple{kTotalIssuance}; }

struct TransferAllowDeath {
  static constexpr std::uint8_t kScaleIndex = 0;
  static constexpr std::string_view kName = "transfer_allow_death";
  MultiAddress dest;
  scale::Compact<Balance> value;
  SUBSTRATEE_FIELDS(TransferAllowDeath, dest, value)
};
struct TransferKeepAlive {
  static constexpr std::uint8_t kScaleIndex = 3;
  static constexpr std::string_view kName = "transfer_keep_alive";
  MultiAddress dest;
  scale::Compact<Balance> value;
  SUBSTRATEE_FIELDS(TransferKeepAlive, dest, value)
};
struct TransferAll {
  static constexpr std::uint8_t kScaleIndex = 4;
  static constexpr std::string_view kName = "transfer_all";
  MultiAddress dest;
  bool keep_alive = false;
  SUBSTRATEE_FIELDS(TransferAll, dest, keep_alive)
};
using Call = std::variant<TransferAllowDeath, TransferKeepAlive, TransferAll>;

struct DustLost {
  static constexpr std::uint8_t kScaleIndex = 1;
  static constexpr std::string_view kName = "DustLost";
  AccountId account;
  Balance amount = 0;
  SUBSTRATEE_FIELDS(DustLost, account, amount)
};
struct Transfer {
  static constexpr std::uint8_t kScaleIndex = 2;
  static constexpr std::string_view kName = "Transfer";
  AccountId from;
  AccountId to;
  Balance amount = 0;
  SUBSTRATEE_FIELDS(Transfer, from, to, amount)
};
using Event = std::variant<DustLost, Transfer>;

[[nodiscard]] DispatchResult<> dispatch(Context& context, const Origin& origin, const Call& call);

[[nodiscard]] bool can_pay(const StateView& state, const AccountId& account, Balance amount);
/// Destroys `amount`, which the account can pay: a tip.
void burn(Context& context, const AccountId& account, Balance amount);

}  // namespace substratee::node::runtime::balances
