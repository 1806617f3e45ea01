#pragma once

/// Pallet Balances: free balances and transfers. Calls and events are numbered as in pallet_balances.

#include "core/primitives/signature.hpp"
#include "node/runtime/frame/context.hpp"
#include "node/runtime/frame/storage.hpp"
#include "node/runtime/frame/weight.hpp"

namespace substratee::node::runtime::balances {

using primitives::AccountId;
using primitives::Balance;
using primitives::MultiAddress;

inline constexpr std::string_view kPalletName = "Balances";
inline constexpr std::uint8_t kIndex = registry::kBalancesIndex;

/// Smallest balance that an account may hold; what falls below is destroyed.
inline constexpr Balance kExistentialDeposit = 1'000'000;

inline constexpr StorageValue<Balance> kTotalIssuance{kPalletName, "TotalIssuance", "All balances together."};

struct TransferAllowDeath {
  static constexpr std::uint8_t kScaleIndex = 0;
  static constexpr std::string_view kName = "transfer_allow_death";
  static constexpr std::string_view kDocs = "Transfers; what remains below the existential deposit is destroyed.";
  MultiAddress dest;
  scale::Compact<Balance> value;
  SUBSTRATEE_FIELDS(TransferAllowDeath, dest, value)
};
struct TransferKeepAlive {
  static constexpr std::uint8_t kScaleIndex = 3;
  static constexpr std::string_view kName = "transfer_keep_alive";
  static constexpr std::string_view kDocs = "Transfers, unless less than the existential deposit would remain.";
  MultiAddress dest;
  scale::Compact<Balance> value;
  SUBSTRATEE_FIELDS(TransferKeepAlive, dest, value)
};
struct TransferAll {
  static constexpr std::uint8_t kScaleIndex = 4;
  static constexpr std::string_view kName = "transfer_all";
  static constexpr std::string_view kDocs = "Transfers all that the account has, or all but the existential deposit.";
  MultiAddress dest;
  bool keep_alive = false;
  SUBSTRATEE_FIELDS(TransferAll, dest, keep_alive)
};

struct Endowed {
  static constexpr std::uint8_t kScaleIndex = 0;
  static constexpr std::string_view kName = "Endowed";
  static constexpr std::string_view kDocs = "An account has its first balance.";
  AccountId account;
  Balance free_balance = 0;
  SUBSTRATEE_FIELDS(Endowed, account, free_balance)
};
struct DustLost {
  static constexpr std::uint8_t kScaleIndex = 1;
  static constexpr std::string_view kName = "DustLost";
  static constexpr std::string_view kDocs =
      "What remained of a balance was below the existential deposit and is destroyed.";
  AccountId account;
  Balance amount = 0;
  SUBSTRATEE_FIELDS(DustLost, account, amount)
};
struct Transfer {
  static constexpr std::uint8_t kScaleIndex = 2;
  static constexpr std::string_view kName = "Transfer";
  static constexpr std::string_view kDocs = "An amount changed its owner.";
  AccountId from;
  AccountId to;
  Balance amount = 0;
  SUBSTRATEE_FIELDS(Transfer, from, to, amount)
};

struct Pallet {
  static constexpr std::string_view kName = kPalletName;
  static constexpr std::string_view kCrate = "pallet_balances";
  static constexpr std::uint8_t kIndex = balances::kIndex;
  static constexpr std::string_view kDocs = "Free balances and transfers.";
  using Call = std::variant<TransferAllowDeath, TransferKeepAlive, TransferAll>;
  using Event = std::variant<Endowed, DustLost, Transfer>;
  static constexpr auto storage() { return std::tuple{kTotalIssuance}; }
  static constexpr auto constants() {
    return std::tuple{Constant{"ExistentialDeposit", kExistentialDeposit,
                               "Smallest balance that an account may hold; what falls below is destroyed."}};
  }
  [[nodiscard]] static DispatchResult<> dispatch(Context& context, const Origin& origin, const Call& call);
  [[nodiscard]] static RefTime weight_of(const Call&) { return 30 * kMicrosecond; }
};
using Call = Pallet::Call;
using Event = Pallet::Event;

[[nodiscard]] bool can_pay(const StateView& state, const AccountId& account, Balance amount);
/// Destroys `amount`, which the account can pay: a fee.
void burn(Context& context, const AccountId& account, Balance amount);

}  // namespace substratee::node::runtime::balances
