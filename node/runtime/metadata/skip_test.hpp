#pragma once

/// Reads a value by its description alone, as a client does.

#include "node/runtime/metadata/model.hpp"

namespace substratee::node::runtime::metadata::test {

/// Whether exactly one value of type `id` stands at the front of `in`, which goes on behind it.
class Reader {
 public:
  explicit Reader(const std::vector<Type>& types) : types_(types) {}

  bool skip(scale::Decoder& in, TypeId id) const {
    if (id.value >= types_.size()) return false;
    return std::visit([&](const auto& definition) { return skip_as(in, definition); }, types_[id.value].definition);
  }
  bool is_exactly(ByteView bytes, TypeId id) const {
    scale::Decoder in(bytes);
    return skip(in, id) && in.rest().empty();
  }

 private:
  bool skip_fields(scale::Decoder& in, const std::vector<Field>& fields) const {
    return std::ranges::all_of(fields, [&](const Field& field) { return skip(in, field.type); });
  }
  bool skip_many(scale::Decoder& in, TypeId id, std::uint64_t count) const {
    for (std::uint64_t i = 0; i < count; ++i) {
      if (!skip(in, id)) return false;
    }
    return true;
  }
  bool skip_as(scale::Decoder& in, const Composite& type) const { return skip_fields(in, type.fields); }
  bool skip_as(scale::Decoder& in, const Variant& type) const {
    const auto index = in.byte();
    const auto found = index ? std::ranges::find(type.cases, *index, &Case::index) : type.cases.end();
    return found != type.cases.end() && skip_fields(in, found->fields);
  }
  bool skip_as(scale::Decoder& in, const Sequence& type) const {
    const auto count = in.compact(1u << 24);
    return count && skip_many(in, type.type, static_cast<std::uint64_t>(*count));
  }
  bool skip_as(scale::Decoder& in, const Array& type) const { return skip_many(in, type.type, type.size); }
  bool skip_as(scale::Decoder& in, const Tuple& type) const {
    return std::ranges::all_of(type.types, [&](TypeId one) { return skip(in, one); });
  }
  bool skip_as(scale::Decoder& in, const PrimitiveType& type) const {
    switch (type.primitive) {
      case Primitive::kBool: {
        const auto byte = in.byte();
        return byte && *byte <= 1;
      }
      case Primitive::kStr: {
        const auto size = in.compact(1u << 24);
        return size && in.raw(static_cast<std::size_t>(*size)).has_value();
      }
      case Primitive::kU8: return in.raw(1).has_value();
      case Primitive::kU16: return in.raw(2).has_value();
      case Primitive::kChar:
      case Primitive::kU32: return in.raw(4).has_value();
      case Primitive::kU64: return in.raw(8).has_value();
      case Primitive::kU128: return in.raw(16).has_value();
      case Primitive::kU256: return in.raw(32).has_value();
    }
    return false;
  }
  bool skip_as(scale::Decoder& in, const CompactType&) const { return in.compact(~u128{0}).has_value(); }
  bool skip_as(scale::Decoder&, const BitSequence&) const { return false; }

  const std::vector<Type>& types_;
};

}  // namespace substratee::node::runtime::metadata::test
