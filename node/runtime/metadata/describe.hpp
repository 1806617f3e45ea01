#pragma once

/// From a C++ type to its description: the same declarations that encode and decode it (SUBSTRATEE_FIELDS, kScaleIndex,
/// scale_last) tell its fields, cases and names. A type whose description has to be one of Substrate's own says so
/// with kTypePath, or has a Described of its own.

#include "node/runtime/frame/declaration.hpp"
#include "node/runtime/frame/names.hpp"
#include "node/runtime/metadata/type_registry.hpp"

#include <algorithm>

namespace substratee::node::runtime::metadata {

/// Accounts are 32 bytes like hashes, and clients show them otherwise. In a struct the field's name decides.
[[nodiscard]] constexpr Meaning meaning_of(std::string_view field) {
  constexpr auto kAccounts =
      std::to_array<std::string_view>({"account", "sender", "who", "from", "to", "founder", "old_key", "new_key",
                                       "confirmed_by", "guardians", "upgrade_authority"});
  return std::ranges::find(kAccounts, field) == kAccounts.end() ? Meaning::kHash : Meaning::kAccount;
}

/// Specialised for types that are described by hand: static TypeId add(TypeRegistry&).
template <class T>
struct Described;
template <class T>
concept DescribedByHand = requires(TypeRegistry& types) {
  { Described<T>::add(types) } -> std::same_as<TypeId>;
};

template <class T>
struct Describe;

/// The number of T in the registry.
template <class T>
TypeId describe(TypeRegistry& types, Meaning meaning = Meaning::kHash) {
  if constexpr (DescribedByHand<T>) {
    return Described<T>::add(types);
  } else {
    return Describe<T>::add(types, meaning);
  }
}

template <class T>
std::vector<Field> fields_of(TypeRegistry& types) {
  return std::apply(
      [&]<class... Members>(const scale::Field<T, Members>&... field) {
        return std::vector<Field>{named(field.name, describe<Members>(types, meaning_of(field.name)))...};
      },
      T::scale_fields());
}

template <class T>
[[nodiscard]] constexpr std::string_view docs_of_type() {
  if constexpr (requires { T::kDocs; }) return T::kDocs;
  return {};
}
template <class T>
[[nodiscard]] constexpr std::string_view case_name() {
  if constexpr (requires { T::kName; }) {
    return T::kName;
  } else {
    return last_part(kTypeName<T>);
  }
}

/// One case per alternative of a std::variant.
template <class... Alternatives>
Variant variant_of(TypeRegistry& types, std::type_identity<std::variant<Alternatives...>>) {
  Variant out;
  std::uint8_t position = 0;
  const auto add_one = [&]<class T>(std::type_identity<T>) {
    std::uint8_t index = position++;
    if constexpr (requires { T::kScaleIndex; }) index = T::kScaleIndex;
    out.cases.push_back({std::string(case_name<T>()), fields_of<T>(types), index, to_docs(docs_of_type<T>())});
  };
  (add_one(std::type_identity<Alternatives>{}), ...);
  return out;
}

template <class Enum>
Variant variant_of_enum(std::string_view (*docs)(Enum) = nullptr) {
  constexpr auto kNames = enumerator_names<Enum>();
  Variant out;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    const auto text = docs == nullptr ? std::string_view() : docs(static_cast<Enum>(i));
    out.cases.push_back({std::string(kNames[i]), {}, static_cast<std::uint8_t>(i), to_docs(text)});
  }
  return out;
}

template <class T>
[[nodiscard]] std::string path_of() {
  if constexpr (requires { T::kTypePath; }) {
    return std::string(T::kTypePath);
  } else {
    static_assert(kTypeName<T>.find('<') == std::string_view::npos, "a template needs kTypePath");
    return std::string(kTypeName<T>);
  }
}

template <>
struct Describe<bool> {
  static TypeId add(TypeRegistry& types, Meaning) { return types.primitive(Primitive::kBool); }
};
template <>
struct Describe<std::string> {
  static TypeId add(TypeRegistry& types, Meaning) { return types.primitive(Primitive::kStr); }
};
template <scale::WireInteger T>
struct Describe<T> {
  static TypeId add(TypeRegistry& types, Meaning) {
    switch (sizeof(T)) {
      case 1: return types.primitive(Primitive::kU8);
      case 2: return types.primitive(Primitive::kU16);
      case 4: return types.primitive(Primitive::kU32);
      case 8: return types.primitive(Primitive::kU64);
      default: return types.primitive(Primitive::kU128);
    }
  }
};
template <scale::WireEnum T>
struct Describe<T> {
  static TypeId add(TypeRegistry& types, Meaning) {
    std::string path;
    if constexpr (requires { type_path(T{}); }) {
      path = type_path(T{});
    } else {
      path = kTypeName<T>;
    }
    return types.add({path}, [] { return variant_of_enum<T>(); });
  }
};
template <std::size_t N>
struct Describe<FixedBytes<N>> {
  static TypeId add(TypeRegistry& types, Meaning meaning) {
    const auto bytes = [&] { return Composite{{unnamed(types.byte_array(N))}}; };
    if (N != 32) return types.byte_array(N);
    return types.add({meaning == Meaning::kAccount ? "sp_core::crypto::AccountId32" : "primitive_types::H256"}, bytes);
  }
};
template <class T>
struct Describe<scale::Compact<T>> {
  static TypeId add(TypeRegistry& types, Meaning) { return types.compact(describe<T>(types)); }
};
template <class T, std::size_t kMax>
struct Describe<scale::Bounded<T, kMax>> {
  static TypeId add(TypeRegistry& types, Meaning meaning) { return describe<T>(types, meaning); }
};
template <class T>
struct Describe<std::vector<T>> {
  static TypeId add(TypeRegistry& types, Meaning meaning) { return types.sequence(describe<T>(types, meaning)); }
};
template <class T>
struct Describe<std::optional<T>> {
  static TypeId add(TypeRegistry& types, Meaning meaning) { return types.option(describe<T>(types, meaning)); }
};
template <class... Ts>
struct Describe<std::tuple<Ts...>> {
  static TypeId add(TypeRegistry& types, Meaning meaning) { return types.tuple({describe<Ts>(types, meaning)...}); }
};
template <class A, class B>
struct Describe<std::pair<A, B>> {
  static TypeId add(TypeRegistry& types, Meaning meaning) {
    return types.tuple({describe<A>(types, meaning), describe<B>(types, meaning)});
  }
};
template <scale::HasFields T>
struct Describe<T> {
  static TypeId add(TypeRegistry& types, Meaning) {
    if constexpr (std::tuple_size_v<decltype(T::scale_fields())> == 0) {
      return types.unit();
    } else {
      Named name{path_of<T>()};
      if constexpr (requires { typename T::TypeParameter; }) {
        name.parameters.push_back({"T", describe<typename T::TypeParameter>(types)});
      }
      return types.add(name, [&] { return Composite{fields_of<T>(types)}; });
    }
  }
};
/// A std::variant needs a name: variant_path(std::type_identity<V>) beside its alternatives.
template <class... Alternatives>
struct Describe<std::variant<Alternatives...>> {
  static TypeId add(TypeRegistry& types, Meaning) {
    constexpr std::type_identity<std::variant<Alternatives...>> kVariant;
    return types.add({std::string(variant_path(kVariant))}, [&] { return variant_of(types, kVariant); });
  }
};

}  // namespace substratee::node::runtime::metadata
