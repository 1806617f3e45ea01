#pragma once

/// The one list of pallets, from which decoding, dispatch, weights and metadata come.

#include "node/runtime/pallets/balances/balances.hpp"
#include "node/runtime/pallets/substratee_registry/pallet.hpp"
#include "node/runtime/pallets/sudo/sudo.hpp"
#include "node/runtime/pallets/system/system.hpp"
#include "node/runtime/pallets/timestamp/timestamp.hpp"
#include "node/runtime/pallets/transaction_payment/transaction_payment.hpp"
#include "node/runtime/pallets/utility/utility.hpp"

namespace substratee::node::runtime {

using Pallets = std::tuple<system::Pallet, timestamp::Pallet, balances::Pallet, sudo::Pallet,
                           transaction_payment::Pallet, utility::Pallet, substratee_registry::Pallet>;

/// for_each_pallet([]<class Pallet>(std::type_identity<Pallet>) {...}), in the order of the list.
template <class Visitor>
constexpr void for_each_pallet(Visitor visitor) {
  [&]<class... Each>(std::type_identity<std::tuple<Each...>>) {
    (visitor(std::type_identity<Each>{}), ...);
  }(std::type_identity<Pallets>{});
}

template <class Pallet>
concept HasCalls = requires { typename Pallet::Call; };
template <class Pallet>
concept HasEvents = requires { typename Pallet::Event; };
template <class Pallet>
concept HasErrors = requires { typename Pallet::Error; };
template <class Pallet>
concept HasStorage = requires { Pallet::storage(); };
template <class Pallet>
concept HasConstants = requires { Pallet::constants(); };

/// One alternative per pallet with calls; on the wire pallet index ‖ call.
using CallOfAnyPallet =
    std::variant<system::Call, timestamp::Call, balances::Call, sudo::Call, utility::Call, registry::RegistryCall>;
struct RuntimeCall : CallOfAnyPallet {
  using CallOfAnyPallet::CallOfAnyPallet;
};

/// Calls inside calls, at most this deep.
inline constexpr int kMaxCallDepth = 4;

/// Strict: one call and nothing behind it. kTooLong: nested too deep, or too many calls.
[[nodiscard]] scale::Result<RuntimeCall> decode_call(ByteView encoded);

/// What its execution weighs, nested calls included.
[[nodiscard]] RefTime weight_of(const RuntimeCall& call);

/// Changes `context` even when it fails: the caller rolls back.
[[nodiscard]] DispatchResult<> dispatch(Context& context, const Origin& origin, const RuntimeCall& call);

/// "SubstrateeRegistry.WrongInstance", "BadOrigin", ...
[[nodiscard]] std::string to_string(const DispatchError& error);

}  // namespace substratee::node::runtime
