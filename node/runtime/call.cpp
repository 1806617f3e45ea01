#include "node/runtime/call.hpp"

namespace substratee::node::runtime {
namespace {

template <class Call>
scale::Result<RuntimeCall> decode_as(ByteView arguments) {
  return RuntimeCall{SUBSTRATEE_TRY(scale::decode<Call>(arguments))};
}

scale::Result<RuntimeCall> decode_of_pallet(std::uint8_t index, ByteView call) {
  switch (index) {
    case system::kIndex: return decode_as<system::Call>(call);
    case timestamp::kIndex: return decode_as<timestamp::Call>(call);
    case balances::kIndex: return decode_as<balances::Call>(call);
    case sudo::kIndex: return decode_as<sudo::Call>(call);
    case substratee_registry::kIndex: return decode_as<registry::RegistryCall>(call);
    default: return std::unexpected(scale::Error::kUnknownVariant);
  }
}

struct Dispatch {
  Context& context;
  const Origin& origin;
  DispatchResult<> operator()(const system::Call& call) const { return system::dispatch(context, origin, call); }
  DispatchResult<> operator()(const timestamp::Call& call) const { return timestamp::dispatch(context, origin, call); }
  DispatchResult<> operator()(const balances::Call& call) const { return balances::dispatch(context, origin, call); }
  DispatchResult<> operator()(const sudo::Call& call) const { return sudo::dispatch(context, origin, call); }
  DispatchResult<> operator()(const registry::RegistryCall& call) const {
    return substratee_registry::dispatch(context, origin, call);
  }
};

}  // namespace

scale::Result<RuntimeCall> decode_call(ByteView encoded, int depth) {
  if (depth == 0) return std::unexpected(scale::Error::kTooLong);
  scale::Decoder in(encoded);
  const auto index = SUBSTRATEE_TRY(in.byte());
  auto call = SUBSTRATEE_TRY(decode_of_pallet(index, in.rest()));
  if (const auto* outer = std::get_if<sudo::Call>(&call)) {
    if (const auto* nested = std::get_if<sudo::Sudo>(outer)) {
      SUBSTRATEE_TRY(decode_call(nested->call.encoded, depth - 1));
    }
  }
  return call;
}

DispatchResult<> dispatch(Context& context, const Origin& origin, const RuntimeCall& call) {
  return std::visit(Dispatch{context, origin}, call);
}

}  // namespace substratee::node::runtime
