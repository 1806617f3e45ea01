#include "node/runtime/pallets/transaction_payment/transaction_payment.hpp"

#include "node/runtime/pallets/balances/balances.hpp"

#include <limits>

namespace substratee::node::runtime::transaction_payment {
namespace {

constexpr auto kMost = std::numeric_limits<Balance>::max();

Balance plus(Balance a, Balance b) { return a > kMost - b ? kMost : a + b; }
Balance times(Balance price, std::uint64_t count) {
  return count != 0 && price > kMost / count ? kMost : price * count;
}

}  // namespace

Balance Fee::total(Balance tip) const noexcept { return plus(plus(by_size, by_weight), tip); }

Fee fee_of(const StateView& state, std::size_t wire_size, RefTime weight) {
  const auto microseconds = weight / kMicrosecond + (weight % kMicrosecond == 0 ? 0 : 1);
  return {.by_size = times(kFeePerByte.get(state), wire_size),
          .by_weight = times(kFeePerMicrosecond.get(state), microseconds)};
}

bool can_pay(const StateView& state, const AccountId& account, Balance amount) {
  return balances::can_pay(state, account, amount);
}

void charge(Context& context, const AccountId& account, const Fee& fee, Balance tip) {
  const auto amount = fee.total(tip);
  if (amount == 0) return;
  balances::burn(context, account, amount);
  context.deposit(Pallet::kIndex, Event{TransactionFeePaid{account, amount, tip}});
}

}  // namespace substratee::node::runtime::transaction_payment
