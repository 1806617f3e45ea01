#pragma once

/// Types whose description clients expect exactly as Substrate has it, whatever this runtime's own types look like.
/// Where this runtime accepts or makes less (MultiAddress, DispatchError), the description has all of it.

#include "core/primitives/era.hpp"
#include "core/primitives/signature.hpp"
#include "node/runtime/call.hpp"
#include "node/runtime/metadata/describe.hpp"

namespace substratee::node::runtime::metadata {

/// Stand for what is never a value here: the extrinsic as runtime calls and metadata name it.
struct UncheckedExtrinsic {};
struct OuterCall {};
struct OuterEvent {};
struct OuterError {};

#define SUBSTRATEE_DESCRIBED(Type)          \
  template <>                               \
  struct Described<Type> {                  \
    static TypeId add(TypeRegistry& types); \
  }
SUBSTRATEE_DESCRIBED(primitives::MultiAddress);
SUBSTRATEE_DESCRIBED(primitives::MultiSignature);
SUBSTRATEE_DESCRIBED(primitives::Era);
SUBSTRATEE_DESCRIBED(primitives::DigestItem);
SUBSTRATEE_DESCRIBED(DispatchError);
SUBSTRATEE_DESCRIBED(Phase);
SUBSTRATEE_DESCRIBED(sudo::Outcome);
SUBSTRATEE_DESCRIBED(NestedCall);
SUBSTRATEE_DESCRIBED(system::EventRecords);
SUBSTRATEE_DESCRIBED(registry::Engine);
SUBSTRATEE_DESCRIBED(ApiVersion);
SUBSTRATEE_DESCRIBED(UncheckedExtrinsic);
SUBSTRATEE_DESCRIBED(OuterCall);
SUBSTRATEE_DESCRIBED(OuterEvent);
SUBSTRATEE_DESCRIBED(OuterError);
#undef SUBSTRATEE_DESCRIBED

/// Signed extensions in wire order (core/primitives/extrinsic.hpp).
[[nodiscard]] std::vector<Extension> describe_extensions(TypeRegistry& types);

/// "pallet_sudo::pallet::Call".
template <class Pallet>
[[nodiscard]] Named pallet_type(std::string_view which) {
  return {std::string(Pallet::kCrate) + "::pallet::" + std::string(which), {{"T", std::nullopt}}};
}
template <class Pallet>
TypeId describe_calls(TypeRegistry& types) {
  return types.add(pallet_type<Pallet>("Call"),
                   [&] { return variant_of(types, std::type_identity<typename Pallet::Call>{}); });
}
template <class Pallet>
TypeId describe_events(TypeRegistry& types) {
  return types.add(pallet_type<Pallet>("Event"),
                   [&] { return variant_of(types, std::type_identity<typename Pallet::Event>{}); });
}
template <class Pallet>
TypeId describe_errors(TypeRegistry& types) {
  return types.add(pallet_type<Pallet>("Error"),
                   [] { return variant_of_enum<typename Pallet::Error>(Pallet::docs_of); });
}

}  // namespace substratee::node::runtime::metadata
