#pragma once

/// Metadata as it stands on the wire: what clients need to decode this chain's types. Three versions of one content.
/// Vocabulary: type registry = all types by number (scale-info); item = storage entry; extension = signed extension.
/// Specification: frame-metadata 14, 15, 16; vectors in tests/vectors/substrate/metadata_v*.hex.

#include "core/scale/codec.hpp"

#include <string>

namespace substratee::node::runtime::metadata {

/// Position in the type registry.
using TypeId = scale::Compact<std::uint32_t>;
using Docs = std::vector<std::string>;

struct TypeParameter {
  std::string name;
  std::optional<TypeId> type;
  SUBSTRATEE_FIELDS(TypeParameter, name, type)
};
struct Field {
  std::optional<std::string> name;
  TypeId type;
  std::optional<std::string> type_name;
  Docs docs;
  SUBSTRATEE_FIELDS(Field, name, type, type_name, docs)
};
struct Case {
  std::string name;
  std::vector<Field> fields;
  std::uint8_t index = 0;
  Docs docs;
  SUBSTRATEE_FIELDS(Case, name, fields, index, docs)
};

struct Composite {
  std::vector<Field> fields;
  SUBSTRATEE_FIELDS(Composite, fields)
};
struct Variant {
  std::vector<Case> cases;
  SUBSTRATEE_FIELDS(Variant, cases)
};
struct Sequence {
  TypeId type;
  SUBSTRATEE_FIELDS(Sequence, type)
};
struct Array {
  std::uint32_t size = 0;
  TypeId type;
  SUBSTRATEE_FIELDS(Array, size, type)
};
struct Tuple {
  std::vector<TypeId> types;
  SUBSTRATEE_FIELDS(Tuple, types)
};
enum class Primitive : std::uint8_t { kBool, kChar, kStr, kU8, kU16, kU32, kU64, kU128, kU256 };
constexpr Primitive scale_last(Primitive) { return Primitive::kU256; }
struct PrimitiveType {
  Primitive primitive{};
  SUBSTRATEE_FIELDS(PrimitiveType, primitive)
};
struct CompactType {
  TypeId type;
  SUBSTRATEE_FIELDS(CompactType, type)
};
struct BitSequence {
  TypeId store;
  TypeId order;
  SUBSTRATEE_FIELDS(BitSequence, store, order)
};
using Definition = std::variant<Composite, Variant, Sequence, Array, Tuple, PrimitiveType, CompactType, BitSequence>;

struct Type {
  TypeId id;
  std::vector<std::string> path;
  std::vector<TypeParameter> parameters;
  Definition definition;
  Docs docs;
  SUBSTRATEE_FIELDS(Type, id, path, parameters, definition, docs)
};

struct PlainItem {
  TypeId value;
  SUBSTRATEE_FIELDS(PlainItem, value)
};
struct MapItem {
  Bytes hashers;
  TypeId key;  ///< a tuple for more than one hasher
  TypeId value;
  SUBSTRATEE_FIELDS(MapItem, hashers, key, value)
};
struct Item {
  std::string name;
  std::uint8_t modifier = 0;  ///< 0 optional, 1 default
  std::variant<PlainItem, MapItem> type;
  Bytes default_value;
  Docs docs;
  SUBSTRATEE_FIELDS(Item, name, modifier, type, default_value, docs)
};
struct Constant {
  std::string name;
  TypeId type;
  Bytes value;
  Docs docs;
  SUBSTRATEE_FIELDS(Constant, name, type, value, docs)
};
struct Items {
  std::string prefix;
  std::vector<Item> items;
  SUBSTRATEE_FIELDS(Items, prefix, items)
};

struct Pallet {
  std::string name;
  std::optional<Items> storage;
  std::optional<TypeId> calls;
  std::optional<TypeId> events;
  std::vector<Constant> constants;
  std::optional<TypeId> errors;
  std::uint8_t index = 0;
  SUBSTRATEE_FIELDS(Pallet, name, storage, calls, events, constants, errors, index)
};
struct PalletWithDocs {
  Pallet pallet;
  Docs docs;
  SUBSTRATEE_FIELDS(PalletWithDocs, pallet, docs)
};

struct Extension {
  std::string identifier;
  TypeId type;      ///< what stands in the extrinsic
  TypeId implicit;  ///< what the signature covers besides
  SUBSTRATEE_FIELDS(Extension, identifier, type, implicit)
};

struct Argument {
  std::string name;
  TypeId type;
  SUBSTRATEE_FIELDS(Argument, name, type)
};
struct Method {
  std::string name;
  std::vector<Argument> inputs;
  TypeId output;
  Docs docs;
  SUBSTRATEE_FIELDS(Method, name, inputs, output, docs)
};
struct Api {
  std::string name;
  std::vector<Method> methods;
  Docs docs;
  SUBSTRATEE_FIELDS(Api, name, methods, docs)
};

struct OuterEnums {
  TypeId call;
  TypeId event;
  TypeId error;
  SUBSTRATEE_FIELDS(OuterEnums, call, event, error)
};
struct CustomValue {
  TypeId type;
  Bytes value;
  SUBSTRATEE_FIELDS(CustomValue, type, value)
};
using Custom = std::vector<std::pair<std::string, CustomValue>>;

/// The bytes "meta".
inline constexpr std::uint32_t kMagic = 0x6174656d;

struct Metadata14 {
  static constexpr std::uint8_t kVersion = 14;
  struct Extrinsic {
    TypeId type;
    std::uint8_t version = 0;
    std::vector<Extension> extensions;
    SUBSTRATEE_FIELDS(Extrinsic, type, version, extensions)
  };
  std::vector<Type> types;
  std::vector<Pallet> pallets;
  Extrinsic extrinsic;
  TypeId runtime;
  SUBSTRATEE_FIELDS(Metadata14, types, pallets, extrinsic, runtime)
};

struct Metadata15 {
  static constexpr std::uint8_t kVersion = 15;
  struct Extrinsic {
    std::uint8_t version = 0;
    TypeId address;
    TypeId call;
    TypeId signature;
    TypeId extra;
    std::vector<Extension> extensions;
    SUBSTRATEE_FIELDS(Extrinsic, version, address, call, signature, extra, extensions)
  };
  std::vector<Type> types;
  std::vector<PalletWithDocs> pallets;
  Extrinsic extrinsic;
  TypeId runtime;
  std::vector<Api> apis;
  OuterEnums outer;
  Custom custom;
  SUBSTRATEE_FIELDS(Metadata15, types, pallets, extrinsic, runtime, apis, outer, custom)
};

/// Version 16 tells of every thing whether it is deprecated. Nothing of this runtime is.
struct NotDeprecated {
  static constexpr std::uint8_t kScaleIndex = 0;
  SUBSTRATEE_FIELDS(NotDeprecated)
};
using Deprecation = std::variant<NotDeprecated>;
template <class T>
struct Lasting {
  T thing{};
  Deprecation deprecation;
  SUBSTRATEE_FIELDS(Lasting, thing, deprecation)
};
/// An enum of calls, events or errors, and which of its cases are deprecated.
struct LastingEnum {
  TypeId type;
  std::vector<std::pair<std::uint8_t, Deprecation>> deprecated;
  SUBSTRATEE_FIELDS(LastingEnum, type, deprecated)
};

struct Metadata16 {
  static constexpr std::uint8_t kVersion = 16;
  struct Storage {
    std::string prefix;
    std::vector<Lasting<Item>> items;
    SUBSTRATEE_FIELDS(Storage, prefix, items)
  };
  struct AssociatedType {
    std::string name;
    TypeId type;
    Docs docs;
    SUBSTRATEE_FIELDS(AssociatedType, name, type, docs)
  };
  struct ViewFunction {
    FixedBytes<32> id;
    Method method;
    Deprecation deprecation;
    SUBSTRATEE_FIELDS(ViewFunction, id, method, deprecation)
  };
  struct Pallet {
    std::string name;
    std::optional<Storage> storage;
    std::optional<LastingEnum> calls;
    std::optional<LastingEnum> events;
    std::vector<Lasting<Constant>> constants;
    std::optional<LastingEnum> errors;
    std::vector<AssociatedType> associated_types;
    std::vector<ViewFunction> view_functions;
    std::uint8_t index = 0;
    Docs docs;
    Deprecation deprecation;
    SUBSTRATEE_FIELDS(Pallet, name, storage, calls, events, constants, errors, associated_types, view_functions, index,
                      docs, deprecation)
  };
  struct Extrinsic {
    Bytes versions;
    TypeId address;
    TypeId call;
    TypeId signature;
    std::vector<std::pair<std::uint8_t, std::vector<scale::Compact<std::uint32_t>>>> extensions_by_version;
    std::vector<Extension> extensions;
    SUBSTRATEE_FIELDS(Extrinsic, versions, address, call, signature, extensions_by_version, extensions)
  };
  struct Api {
    std::string name;
    std::vector<Lasting<Method>> methods;
    Docs docs;
    scale::Compact<std::uint32_t> version;
    Deprecation deprecation;
    SUBSTRATEE_FIELDS(Api, name, methods, docs, version, deprecation)
  };
  std::vector<Type> types;
  std::vector<Pallet> pallets;
  Extrinsic extrinsic;
  std::vector<Api> apis;
  OuterEnums outer;
  Custom custom;
  SUBSTRATEE_FIELDS(Metadata16, types, pallets, extrinsic, apis, outer, custom)
};

/// "meta" ‖ version ‖ content.
template <class Metadata>
[[nodiscard]] Bytes encode_prefixed(const Metadata& metadata) {
  scale::Encoder out;
  scale::encode_to(out, kMagic);
  out.byte(Metadata::kVersion);
  scale::encode_to(out, metadata);
  return std::move(out).take();
}
template <class Metadata>
[[nodiscard]] scale::Result<Metadata> decode_prefixed(ByteView bytes) {
  const auto prefix = scale::encode(std::tuple{kMagic, Metadata::kVersion});
  if (bytes.size() < prefix.size() || !std::equal(prefix.begin(), prefix.end(), bytes.begin())) {
    return std::unexpected(scale::Error::kUnknownVariant);
  }
  return scale::decode<Metadata>(bytes.subspan(prefix.size()));
}

}  // namespace substratee::node::runtime::metadata
