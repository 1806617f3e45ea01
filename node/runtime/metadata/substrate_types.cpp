#include "node/runtime/metadata/substrate_types.hpp"

namespace substratee::node::runtime::metadata {
namespace {

Case one_case(std::string_view name, std::uint8_t index, std::vector<Field> fields = {}) {
  return {std::string(name), std::move(fields), index, {}};
}

TypeId account_id(TypeRegistry& types) { return describe<primitives::AccountId>(types, Meaning::kAccount); }

/// The cases of a std::variant with Substrate's names, and fields without names.
template <class... Alternatives>
Variant renamed(TypeRegistry& types, std::type_identity<std::variant<Alternatives...>> variant,
                const std::array<std::string_view, sizeof...(Alternatives)>& names) {
  auto out = variant_of(types, variant);
  for (std::size_t i = 0; i < names.size(); ++i) {
    out.cases[i].name = names[i];
    for (auto& field : out.cases[i].fields) field.name.reset();
  }
  return out;
}

TypeId runtime_enum(TypeRegistry& types, std::string_view name, const std::function<Definition()>& define) {
  return types.add({"substratee_node_runtime::" + std::string(name)}, define);
}

TypeId module_error(TypeRegistry& types) {
  return types.add({"sp_runtime::ModuleError"}, [&] { return Composite{fields_of<ModuleError>(types)}; });
}
template <class Enum>
TypeId reason(TypeRegistry& types, std::string_view path) {
  return types.add({std::string(path)}, [] { return variant_of_enum<Enum>(); });
}
TypeId transactional_error(TypeRegistry& types) {
  return types.add({"sp_runtime::TransactionalError"},
                   [] { return Variant{{one_case("LimitReached", 0), one_case("NoLayer", 1)}}; });
}
TypeId trie_error(TypeRegistry& types) {
  return types.add({"sp_runtime::proving_trie::TrieError"}, [] {
    Variant out;
    for (const auto* name :
         {"InvalidStateRoot", "IncompleteDatabase", "ValueAtIncompleteKey", "DecoderError", "InvalidHash",
          "DuplicateKey", "ExtraneousNode", "ExtraneousValue", "ExtraneousHashReference", "InvalidChildReference",
          "ValueMismatch", "IncompleteProof", "RootMismatch", "DecodeError"}) {
      out.cases.push_back(one_case(name, static_cast<std::uint8_t>(out.cases.size())));
    }
    return out;
  });
}

}  // namespace

TypeId Described<primitives::MultiAddress>::add(TypeRegistry& types) {
  const auto account = account_id(types);
  const auto index = types.unit();
  return types.add({"sp_runtime::multiaddress::MultiAddress", {{"AccountId", account}, {"AccountIndex", index}}}, [&] {
    return Variant{{one_case("Id", primitives::AddressId::kScaleIndex, {unnamed(account)}),
                    one_case("Index", 1, {unnamed(types.compact(index))}), one_case("Raw", 2, {unnamed(types.bytes())}),
                    one_case("Address32", 3, {unnamed(types.byte_array(32))}),
                    one_case("Address20", 4, {unnamed(types.byte_array(20))})}};
  });
}

TypeId Described<primitives::MultiSignature>::add(TypeRegistry& types) {
  return types.add({"sp_runtime::MultiSignature"}, [&] {
    return renamed(types, std::type_identity<primitives::MultiSignature>{}, {"Ed25519", "Sr25519", "Ecdsa"});
  });
}

TypeId Described<primitives::Era>::add(TypeRegistry& types) {
  return types.add({"sp_runtime::generic::era::Era"}, [&] {
    Variant out{{one_case("Immortal", 0)}};
    const auto byte = types.primitive(Primitive::kU8);
    for (unsigned i = 1; i <= 255; ++i) {
      out.cases.push_back(one_case("Mortal" + std::to_string(i), static_cast<std::uint8_t>(i), {unnamed(byte)}));
    }
    return out;
  });
}

TypeId Described<primitives::DigestItem>::add(TypeRegistry& types) {
  return types.add({"sp_runtime::generic::digest::DigestItem"}, [&] {
    return renamed(types, std::type_identity<primitives::DigestItem>{},
                   {"Other", "Consensus", "Seal", "PreRuntime", "RuntimeEnvironmentUpdated"});
  });
}

TypeId Described<DispatchError>::add(TypeRegistry& types) {
  return types.add({"sp_runtime::DispatchError"}, [&] {
    return Variant{
        {one_case("Other", OtherError::kScaleIndex), one_case("CannotLookup", 1),
         one_case("BadOrigin", BadOrigin::kScaleIndex),
         one_case("Module", ModuleError::kScaleIndex, {unnamed(module_error(types))}), one_case("ConsumerRemaining", 4),
         one_case("NoProviders", 5), one_case("TooManyConsumers", 6),
         one_case("Token", TokenError::kScaleIndex, {unnamed(reason<TokenReason>(types, "sp_runtime::TokenError"))}),
         one_case("Arithmetic", ArithmeticError::kScaleIndex,
                  {unnamed(reason<ArithmeticReason>(types, "sp_arithmetic::ArithmeticError"))}),
         one_case("Transactional", 9, {unnamed(transactional_error(types))}), one_case("Exhausted", 10),
         one_case("Corruption", 11), one_case("Unavailable", 12), one_case("RootNotAllowed", 13),
         one_case("Trie", 14, {unnamed(trie_error(types))})}};
  });
}

TypeId Described<Phase>::add(TypeRegistry& types) {
  return types.add({"frame_system::Phase"}, [&] {
    return renamed(types, std::type_identity<Phase>{}, {"ApplyExtrinsic", "Finalization", "Initialization"});
  });
}

TypeId Described<sudo::Outcome>::add(TypeRegistry& types) {
  return types.result(types.unit(), describe<DispatchError>(types));
}

TypeId Described<NestedCall>::add(TypeRegistry& types) { return describe<OuterCall>(types); }

TypeId Described<system::EventRecords>::add(TypeRegistry& types) {
  const auto event = describe<OuterEvent>(types);
  const auto topic = describe<Hash256>(types);
  return types.sequence(types.add({"frame_system::EventRecord", {{"E", event}, {"T", topic}}}, [&] {
    return Composite{
        {named("phase", describe<Phase>(types)), named("event", event), named("topics", types.sequence(topic))}};
  }));
}

TypeId Described<registry::Engine>::add(TypeRegistry& types) {
  return types.add({"substratee::registry::Engine"},
                   [&] { return variant_of(types, std::type_identity<registry::Engine>{}); });
}

TypeId Described<ApiVersion>::add(TypeRegistry& types) {
  return types.tuple({types.byte_array(8), types.primitive(Primitive::kU32)});
}

TypeId Described<UncheckedExtrinsic>::add(TypeRegistry& types) {
  std::vector<TypeId> extra;
  for (const auto& extension : describe_extensions(types)) extra.push_back(extension.type);
  return types.add({"sp_runtime::generic::unchecked_extrinsic::UncheckedExtrinsic",
                    {{"Address", describe<primitives::MultiAddress>(types)},
                     {"Call", describe<OuterCall>(types)},
                     {"Signature", describe<primitives::MultiSignature>(types)},
                     {"Extra", types.tuple(std::move(extra))}}},
                   [&] { return Composite{{unnamed(types.bytes())}}; });
}

TypeId Described<OuterCall>::add(TypeRegistry& types) {
  return runtime_enum(types, "RuntimeCall", [&] {
    Variant out;
    for_each_pallet([&]<class Pallet>(std::type_identity<Pallet>) {
      if constexpr (HasCalls<Pallet>) {
        out.cases.push_back(one_case(Pallet::kName, Pallet::kIndex, {unnamed(describe_calls<Pallet>(types))}));
      }
    });
    return out;
  });
}

TypeId Described<OuterEvent>::add(TypeRegistry& types) {
  return runtime_enum(types, "RuntimeEvent", [&] {
    Variant out;
    for_each_pallet([&]<class Pallet>(std::type_identity<Pallet>) {
      if constexpr (HasEvents<Pallet>) {
        out.cases.push_back(one_case(Pallet::kName, Pallet::kIndex, {unnamed(describe_events<Pallet>(types))}));
      }
    });
    return out;
  });
}

TypeId Described<OuterError>::add(TypeRegistry& types) {
  return runtime_enum(types, "RuntimeError", [&] {
    Variant out;
    for_each_pallet([&]<class Pallet>(std::type_identity<Pallet>) {
      if constexpr (HasErrors<Pallet>) {
        out.cases.push_back(one_case(Pallet::kName, Pallet::kIndex, {unnamed(describe_errors<Pallet>(types))}));
      }
    });
    return out;
  });
}

std::vector<Extension> describe_extensions(TypeRegistry& types) {
  const auto none = types.unit();
  const auto number = types.primitive(Primitive::kU32);
  const auto hash = describe<Hash256>(types);
  return {{"CheckNonZeroSender", none, none},
          {"CheckSpecVersion", none, number},
          {"CheckTxVersion", none, number},
          {"CheckGenesis", none, hash},
          {"CheckMortality", describe<primitives::Era>(types), hash},
          {"CheckNonce", types.compact(number), none},
          {"CheckWeight", none, none},
          {"ChargeTransactionPayment", describe<scale::Compact<primitives::Balance>>(types), none}};
}

}  // namespace substratee::node::runtime::metadata
