#include "node/runtime/pallets/sudo/sudo.hpp"

#include "node/runtime/call.hpp"

namespace substratee::node::runtime::sudo {
namespace {

Outcome run_as_root(Context& context, const NestedCall& nested) {
  const auto call = decode_call(nested.encoded);
  SUBSTRATEE_CHECK(call.has_value());  // decoded once already, with the call around it
  const auto before = context.checkpoint();
  const auto result = runtime::dispatch(context, Root{}, *call);
  if (result) return Succeeded{};
  context.roll_back(before);
  return Failed{result.error()};
}

}  // namespace

DispatchResult<> dispatch(Context& context, const Origin& origin, const Call& call) {
  const auto sender = SUBSTRATEE_TRY(ensure_signed(origin));
  const auto key = kKey.find(context.state);
  if (key != sender) return std::unexpected(module_error(kIndex, Error::kRequireSudo));
  if (const auto* nested = std::get_if<Sudo>(&call)) {
    const auto outcome = run_as_root(context, nested->call);
    context.deposit(kIndex, Event{Sudid{outcome}});
    return {};
  }
  const auto& new_key = std::get<primitives::AddressId>(std::get<SetKey>(call).new_key).account;
  kKey.put(context.state, new_key);
  context.deposit(kIndex, Event{KeyChanged{key, new_key}});
  return {};
}

}  // namespace substratee::node::runtime::sudo
