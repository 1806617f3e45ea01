#pragma once

/// Pallet TransactionPayment: what a signed extrinsic costs. Genesis sets the prices; zero on a development chain.
/// fee = size on the wire · FeePerByte + weight in started microseconds · FeePerMicrosecond. Fee and tip are destroyed
/// (an author's key has no account), whether the call succeeds or not.

#include "core/primitives/types.hpp"
#include "node/runtime/frame/context.hpp"
#include "node/runtime/frame/storage.hpp"
#include "node/runtime/frame/weight.hpp"

namespace substratee::node::runtime::transaction_payment {

using primitives::AccountId;
using primitives::Balance;

inline constexpr std::string_view kPalletName = "TransactionPayment";

inline constexpr StorageValue<Balance> kFeePerByte{kPalletName, "FeePerByte",
                                                   "Price of one byte of a signed extrinsic on the wire."};
inline constexpr StorageValue<Balance> kFeePerMicrosecond{kPalletName, "FeePerMicrosecond",
                                                          "Price of one microsecond of a signed extrinsic's weight."};

struct TransactionFeePaid {
  static constexpr std::uint8_t kScaleIndex = 0;
  static constexpr std::string_view kName = "TransactionFeePaid";
  static constexpr std::string_view kDocs =
      "A fee, which includes the tip, was taken from the account and destroyed. Absent if there is nothing to pay.";
  AccountId who;
  Balance actual_fee = 0;
  Balance tip = 0;
  SUBSTRATEE_FIELDS(TransactionFeePaid, who, actual_fee, tip)
};

struct Pallet {
  static constexpr std::string_view kName = kPalletName;
  static constexpr std::string_view kCrate = "pallet_transaction_payment";
  static constexpr std::uint8_t kIndex = registry::kTransactionPaymentIndex;
  static constexpr std::string_view kDocs =
      "What an extrinsic costs: a price per byte and per microsecond of weight, which genesis sets.";
  using Event = std::variant<TransactionFeePaid>;
  static constexpr auto storage() { return std::tuple{kFeePerByte, kFeePerMicrosecond}; }
};
using Event = Pallet::Event;

struct Fee {
  Balance by_size = 0;
  Balance by_weight = 0;
  /// Saturates: no account can pay the greatest balance.
  [[nodiscard]] Balance total(Balance tip = 0) const noexcept;
};
[[nodiscard]] Fee fee_of(const StateView& state, std::size_t wire_size, RefTime weight);

/// Whether the account can pay so much. Nothing to pay is payable by everybody.
[[nodiscard]] bool can_pay(const StateView& state, const AccountId& account, Balance amount);
/// Takes fee and tip, which the account can pay, and tells so.
void charge(Context& context, const AccountId& account, const Fee& fee, Balance tip);

}  // namespace substratee::node::runtime::transaction_payment
