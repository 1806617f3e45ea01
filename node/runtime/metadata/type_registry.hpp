#pragma once

/// Builds a type registry: equal types get one number. A named type is known by its path and parameters, any other by
/// its structure.

#include "node/runtime/metadata/model.hpp"

#include <functional>
#include <map>
#include <string_view>

namespace substratee::node::runtime::metadata {

/// "pallet_sudo::pallet::Call" and its parameters.
struct Named {
  std::string path;
  std::vector<TypeParameter> parameters{};
};

class TypeRegistry {
 public:
  /// A type without a name.
  TypeId add(Definition definition);
  /// A type with a name; `define` runs the first time only, and may ask for the type itself.
  TypeId add(const Named& name, const std::function<Definition()>& define);

  TypeId primitive(Primitive primitive) { return add(PrimitiveType{primitive}); }
  TypeId sequence(TypeId type) { return add(Sequence{type}); }
  TypeId array(std::uint32_t size, TypeId type) { return add(Array{size, type}); }
  TypeId tuple(std::vector<TypeId> types) { return add(Tuple{std::move(types)}); }
  TypeId compact(TypeId type) { return add(CompactType{type}); }
  TypeId unit() { return tuple({}); }
  TypeId bytes() { return sequence(primitive(Primitive::kU8)); }
  TypeId byte_array(std::uint32_t size) { return array(size, primitive(Primitive::kU8)); }
  TypeId option(TypeId type);
  TypeId result(TypeId type, TypeId error);

  [[nodiscard]] const std::vector<Type>& types() const noexcept { return types_; }

 private:
  TypeId next() const { return {static_cast<std::uint32_t>(types_.size())}; }

  std::vector<Type> types_;
  std::map<Bytes, TypeId> structures_;
  std::map<Bytes, TypeId> names_;
};

/// {"text"}, split at line ends; empty for an empty text.
[[nodiscard]] Docs to_docs(std::string_view text);

[[nodiscard]] inline Field unnamed(TypeId type) { return {std::nullopt, type, std::nullopt, {}}; }
[[nodiscard]] inline Field named(std::string_view name, TypeId type) {
  return {std::string(name), type, std::nullopt, {}};
}

}  // namespace substratee::node::runtime::metadata
