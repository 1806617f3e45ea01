#include "node/runtime/call.hpp"

#include "node/runtime/frame/names.hpp"

#include <fmt/format.h>

namespace substratee::node::runtime {
namespace {

/// The pallet of a call's type.
template <class Call>
struct PalletOf;
template <>
struct PalletOf<system::Call> : system::Pallet {};
template <>
struct PalletOf<timestamp::Call> : timestamp::Pallet {};
template <>
struct PalletOf<balances::Call> : balances::Pallet {};
template <>
struct PalletOf<sudo::Call> : sudo::Pallet {};
template <>
struct PalletOf<utility::Call> : utility::Pallet {};
template <>
struct PalletOf<registry::RegistryCall> : substratee_registry::Pallet {};

/// How far the decoding of one extrinsic's call has come: decoders of nested calls have no other way to know.
struct Nesting {
  int depth = 0;
  std::uint32_t calls = 0;
};
thread_local Nesting nesting;

scale::Result<RuntimeCall> read_call(scale::Decoder& in) {
  const auto index = SUBSTRATEE_TRY(in.byte());
  scale::Result<RuntimeCall> out = std::unexpected(scale::Error::kUnknownVariant);
  for_each_pallet([&]<class Pallet>(std::type_identity<Pallet>) {
    if constexpr (HasCalls<Pallet>) {
      if (index != Pallet::kIndex) return;
      auto call = scale::decode_from<typename Pallet::Call>(in);
      if (call) {
        out.emplace(*std::move(call));
      } else {
        out = std::unexpected(call.error());
      }
    }
  });
  return out;
}

struct Describe {
  std::string operator()(const OtherError&) const { return "Other"; }
  std::string operator()(const BadOrigin&) const { return "BadOrigin"; }
  std::string operator()(const ModuleError& error) const {
    auto out = fmt::format("pallet {} error {}", error.index, error.error[0]);
    for_each_pallet([&]<class Pallet>(std::type_identity<Pallet>) {
      if constexpr (HasErrors<Pallet>) {
        constexpr auto kNames = enumerator_names<typename Pallet::Error>();
        if (error.index != Pallet::kIndex || error.error[0] >= kNames.size()) return;
        out = fmt::format("{}.{}", Pallet::kName, kNames[error.error[0]]);
      }
    });
    return out;
  }
  std::string operator()(const TokenError& error) const {
    return fmt::format("Token.{}", enumerator_names<TokenReason>()[static_cast<std::size_t>(error.reason)]);
  }
  std::string operator()(const ArithmeticError& error) const {
    return fmt::format("Arithmetic.{}", enumerator_names<ArithmeticReason>()[static_cast<std::size_t>(error.reason)]);
  }
};

}  // namespace

scale::Result<RuntimeCall> decode_call(ByteView encoded) {
  nesting = {};
  scale::Decoder in(encoded);
  auto call = read_call(in);
  if (call && !in.rest().empty()) return std::unexpected(scale::Error::kTrailingBytes);
  return call;
}

RefTime weight_of(const RuntimeCall& call) {
  return std::visit([]<class Call>(const Call& one) { return PalletOf<Call>::weight_of(one); },
                    static_cast<const CallOfAnyPallet&>(call));
}

DispatchResult<> dispatch(Context& context, const Origin& origin, const RuntimeCall& call) {
  return std::visit([&]<class Call>(const Call& one) { return PalletOf<Call>::dispatch(context, origin, one); },
                    static_cast<const CallOfAnyPallet&>(call));
}

DispatchResult<> dispatch_nested(Context& context, const Origin& origin, const NestedCall& call) {
  SUBSTRATEE_CHECK(call.decoded != nullptr);
  const auto before = context.checkpoint();
  auto result = dispatch(context, origin, *call.decoded);
  if (!result) context.roll_back(before);
  return result;
}

RefTime weight_of(const NestedCall& call) { return call.decoded == nullptr ? 0 : weight_of(*call.decoded); }

std::string to_string(const DispatchError& error) { return std::visit(Describe{}, error); }

}  // namespace substratee::node::runtime

namespace substratee::scale {

using node::runtime::NestedCall;
using node::runtime::RuntimeCall;

Result<NestedCall> Codec<NestedCall>::read(Decoder& in) {
  auto& state = node::runtime::nesting;
  if (state.depth + 1 >= node::runtime::kMaxCallDepth || ++state.calls > node::runtime::utility::kMaxCalls) {
    return std::unexpected(Error::kTooLong);
  }
  ++state.depth;
  const auto before = in.rest();
  auto call = node::runtime::read_call(in);
  --state.depth;
  if (!call) return std::unexpected(call.error());
  return NestedCall{to_bytes(before.first(before.size() - in.rest().size())),
                    std::make_shared<const RuntimeCall>(*std::move(call))};
}

}  // namespace substratee::scale
