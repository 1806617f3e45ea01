#include "node/runtime/pallets/sudo/sudo.hpp"

namespace substratee::node::runtime::sudo {
namespace {

struct Dispatch {
  Context& context;
  const AccountId& sender;

  DispatchResult<> as_root(const NestedCall& call) const {
    const auto result = dispatch_nested(context, Root{}, call);
    const auto outcome = result ? Outcome{Succeeded{}} : Outcome{Failed{result.error()}};
    context.deposit(Pallet::kIndex, Event{Sudid{outcome}});
    return {};
  }
  DispatchResult<> operator()(const Sudo& call) const { return as_root(call.call); }
  DispatchResult<> operator()(const SudoUncheckedWeight& call) const { return as_root(call.call); }
  DispatchResult<> operator()(const SetKey& call) const {
    const auto& new_key = std::get<primitives::AddressId>(call.new_key).account;
    kKey.put(context.state, new_key);
    context.deposit(Pallet::kIndex, Event{KeyChanged{sender, new_key}});
    return {};
  }
  DispatchResult<> operator()(const RemoveKey&) const {
    kKey.erase(context.state);
    context.deposit(Pallet::kIndex, Event{KeyRemoved{}});
    return {};
  }
};

}  // namespace

DispatchResult<> Pallet::dispatch(Context& context, const Origin& origin, const Call& call) {
  const auto sender = SUBSTRATEE_TRY(ensure_signed(origin));
  if (kKey.find(context.state) != sender) return std::unexpected(module_error(kIndex, Error::kRequireSudo));
  return std::visit(Dispatch{context, sender}, call);
}

RefTime Pallet::weight_of(const Call& call) {
  constexpr RefTime kBase = 10 * kMicrosecond;
  if (const auto* nested = std::get_if<Sudo>(&call)) return plus(kBase, runtime::weight_of(nested->call));
  // What the sender says is not believed downwards: the key is checked only when the call runs.
  if (const auto* nested = std::get_if<SudoUncheckedWeight>(&call)) {
    return plus(kBase, std::max(runtime::weight_of(nested->call), nested->weight.ref_time.value));
  }
  return kBase;
}

}  // namespace substratee::node::runtime::sudo
