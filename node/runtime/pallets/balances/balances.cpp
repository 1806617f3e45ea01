#include "node/runtime/pallets/balances/balances.hpp"

#include "node/runtime/pallets/system/system.hpp"

#include <limits>

namespace substratee::node::runtime::balances {
namespace {

using system::AccountInfo;

enum class KeepAlive : bool { kNo, kYes };

/// Stores the entry with the providers that its balance gives it; what is below the deposit is destroyed.
void store(Context& context, const AccountId& account, AccountInfo info) {
  if (info.data.free < kExistentialDeposit) {
    if (const auto dust = std::exchange(info.data.free, 0); dust != 0) {
      kTotalIssuance.put(context.state, kTotalIssuance.get(context.state) - dust);
      context.deposit(kIndex, Event{DustLost{account, dust}});
    }
  }
  info.providers = info.data.free > 0 ? 1 : 0;
  system::kAccount.put(context.state, account, info);
}

DispatchError token(TokenReason reason) { return TokenError{reason}; }

DispatchResult<> transfer(Context& context, const AccountId& from, const AccountId& to, Balance amount,
                          KeepAlive keep) {
  auto payer = system::kAccount.get(context.state, from);
  if (payer.data.free < amount) return std::unexpected(token(TokenReason::kFundsUnavailable));
  if (from == to) return {};
  auto payee = system::kAccount.find(context.state, to);
  const bool is_new = !payee.has_value();
  const bool is_first = is_new || payee->data.free == 0;
  if (is_new) payee.emplace();
  if (payee->data.free > std::numeric_limits<Balance>::max() - amount) {
    return std::unexpected(ArithmeticError{ArithmeticReason::kOverflow});
  }
  if (payee->data.free + amount < kExistentialDeposit) return std::unexpected(token(TokenReason::kBelowMinimum));
  payer.data.free -= amount;
  if (keep == KeepAlive::kYes && payer.data.free < kExistentialDeposit) {
    return std::unexpected(token(TokenReason::kNotExpendable));
  }
  payee->data.free += amount;
  store(context, from, payer);
  store(context, to, *payee);
  if (is_new) context.deposit(system::kIndex, system::Event{system::NewAccount{to}});
  if (is_first) context.deposit(kIndex, Event{Endowed{to, amount}});
  context.deposit(kIndex, Event{Transfer{from, to, amount}});
  return {};
}

const AccountId& account_of(const MultiAddress& address) { return std::get<primitives::AddressId>(address).account; }

Balance all_of(const Context& context, const AccountId& account, bool keep_alive) {
  const auto free = system::kAccount.get(context.state, account).data.free;
  if (!keep_alive) return free;
  return free > kExistentialDeposit ? free - kExistentialDeposit : 0;
}

struct Dispatch {
  Context& context;
  const AccountId& sender;
  DispatchResult<> operator()(const TransferAllowDeath& call) const {
    return transfer(context, sender, account_of(call.dest), call.value.value, KeepAlive::kNo);
  }
  DispatchResult<> operator()(const TransferKeepAlive& call) const {
    return transfer(context, sender, account_of(call.dest), call.value.value, KeepAlive::kYes);
  }
  DispatchResult<> operator()(const TransferAll& call) const {
    return transfer(context, sender, account_of(call.dest), all_of(context, sender, call.keep_alive),
                    call.keep_alive ? KeepAlive::kYes : KeepAlive::kNo);
  }
};

}  // namespace

DispatchResult<> Pallet::dispatch(Context& context, const Origin& origin, const Call& call) {
  const auto sender = SUBSTRATEE_TRY(ensure_signed(origin));
  return std::visit(Dispatch{context, sender}, call);
}

bool can_pay(const StateView& state, const AccountId& account, Balance amount) {
  return amount == 0 || system::kAccount.get(state, account).data.free >= amount;
}

void burn(Context& context, const AccountId& account, Balance amount) {
  if (amount == 0) return;
  auto info = system::kAccount.get(context.state, account);
  info.data.free -= amount;
  kTotalIssuance.put(context.state, kTotalIssuance.get(context.state) - amount);
  store(context, account, info);
}

}  // namespace substratee::node::runtime::balances
