/// The published metadata, decoded by us, says what other decoders have read in it: member by member, as JSON of the
/// form that @polkadot/types gives.

#include "core/base/hex.hpp"
#include "core/crypto/hash.hpp"
#include "node/runtime/metadata/model.hpp"
#include "tests/support/vectors.hpp"

#include <gtest/gtest.h>

namespace substratee::node::runtime::metadata {
namespace {

namespace json = boost::json;

json::value to_json(const TypeParameter& it);
json::value to_json(const Field& it);
json::value to_json(const Case& it);
json::value to_json(const Type& it);
json::value to_json(const Item& it);
json::value to_json(const Items& it);
json::value to_json(const Constant& it);
json::value to_json(const Pallet& it);
json::value to_json(const PalletWithDocs& it);
json::value to_json(const Argument& it);
json::value to_json(const Method& it);
json::value to_json(const Api& it);
json::value to_json(const OuterEnums& it);
json::value to_json(const LastingEnum& it);
json::value to_json(const Metadata16::Storage& it);
json::value to_json(const Metadata16::Pallet& it);
json::value to_json(const Metadata16::Api& it);
template <class T>
json::value to_json(const Lasting<T>& it);
json::value to_json(TypeId id) { return id.value; }
json::value to_json(const std::string& text) { return json::string(text); }
template <class T>
json::value to_json(const std::optional<T>& value) {
  return value ? to_json(*value) : json::value(nullptr);
}
template <class T>
json::value to_json(const std::vector<T>& values) {
  json::array out;
  for (const auto& value : values) out.push_back(to_json(value));
  return out;
}
json::value hex_of(ByteView bytes) { return json::string(to_hex_prefixed(bytes)); }

json::value to_json(const TypeParameter& parameter) {
  return {{"name", to_json(parameter.name)}, {"type", to_json(parameter.type)}};
}
json::value to_json(const Field& field) {
  return {{"name", to_json(field.name)},
          {"type", to_json(field.type)},
          {"typeName", to_json(field.type_name)},
          {"docs", to_json(field.docs)}};
}
json::value to_json(const Case& one) {
  return {
      {"name", to_json(one.name)}, {"fields", to_json(one.fields)}, {"index", one.index}, {"docs", to_json(one.docs)}};
}

struct DefinitionToJson {
  json::value operator()(const Composite& it) const {
    return {{"composite", json::object{{"fields", to_json(it.fields)}}}};
  }
  json::value operator()(const Variant& it) const {
    return {{"variant", json::object{{"variants", to_json(it.cases)}}}};
  }
  json::value operator()(const Sequence& it) const { return {{"sequence", json::object{{"type", to_json(it.type)}}}}; }
  json::value operator()(const Array& it) const {
    return {{"array", json::object{{"len", it.size}, {"type", to_json(it.type)}}}};
  }
  json::value operator()(const Tuple& it) const { return json::object{{"tuple", to_json(it.types)}}; }
  json::value operator()(const PrimitiveType& it) const {
    constexpr std::array kNames = {"Bool", "Char", "Str", "U8", "U16", "U32", "U64", "U128", "U256"};
    return json::object{{"primitive", kNames.at(static_cast<std::size_t>(it.primitive))}};
  }
  json::value operator()(const CompactType& it) const {
    return {{"compact", json::object{{"type", to_json(it.type)}}}};
  }
  json::value operator()(const BitSequence& it) const {
    return {{"bitSequence", json::object{{"bitStoreType", to_json(it.store)}, {"bitOrderType", to_json(it.order)}}}};
  }
};

json::value to_json(const Type& type) {
  return {{"id", to_json(type.id)},
          {"type", json::object{{"path", to_json(type.path)},
                                {"params", to_json(type.parameters)},
                                {"def", std::visit(DefinitionToJson{}, type.definition)},
                                {"docs", to_json(type.docs)}}}};
}

json::value to_json(const PlainItem& item) { return json::object{{"plain", to_json(item.value)}}; }
json::value to_json(const MapItem& item) {
  constexpr std::array kHashers = {"Blake2_128", "Blake2_256",   "Blake2_128Concat", "Twox128",
                                   "Twox256",    "Twox64Concat", "Identity"};
  json::array hashers;
  for (const auto hasher : item.hashers) hashers.emplace_back(kHashers.at(hasher));
  return json::object{
      {"map", json::object{{"hashers", hashers}, {"key", to_json(item.key)}, {"value", to_json(item.value)}}}};
}
json::value to_json(const Item& item) {
  return {{"name", to_json(item.name)},
          {"modifier", item.modifier == 0 ? "Optional" : "Default"},
          {"type", std::visit([](const auto& type) { return to_json(type); }, item.type)},
          {"fallback", hex_of(item.default_value)},
          {"docs", to_json(item.docs)}};
}
json::value to_json(const Items& items) { return {{"prefix", to_json(items.prefix)}, {"items", to_json(items.items)}}; }
json::value to_json(const Constant& constant) {
  return {{"name", to_json(constant.name)},
          {"type", to_json(constant.type)},
          {"value", hex_of(constant.value)},
          {"docs", to_json(constant.docs)}};
}

json::value enum_to_json(const std::optional<TypeId>& type) {
  return type ? json::value(json::object{{"type", to_json(*type)}}) : json::value(nullptr);
}
json::value to_json(const Pallet& pallet) {
  return {{"name", to_json(pallet.name)},
          {"storage", to_json(pallet.storage)},
          {"calls", enum_to_json(pallet.calls)},
          {"events", enum_to_json(pallet.events)},
          {"constants", to_json(pallet.constants)},
          {"errors", enum_to_json(pallet.errors)},
          {"index", pallet.index}};
}
json::value to_json(const PalletWithDocs& pallet) {
  auto out = to_json(pallet.pallet);
  out.as_object()["docs"] = to_json(pallet.docs);
  return out;
}

json::array extensions(const std::vector<Extension>& all, std::string_view implicit) {
  json::array out;
  for (const auto& one : all) {
    out.push_back(json::object{
        {"identifier", to_json(one.identifier)}, {"type", to_json(one.type)}, {implicit, to_json(one.implicit)}});
  }
  return out;
}

json::value to_json(const Argument& argument) {
  return {{"name", to_json(argument.name)}, {"type", to_json(argument.type)}};
}
json::value to_json(const Method& method) {
  return {{"name", to_json(method.name)},
          {"inputs", to_json(method.inputs)},
          {"output", to_json(method.output)},
          {"docs", to_json(method.docs)}};
}
json::value to_json(const Api& api) {
  return {{"name", to_json(api.name)}, {"methods", to_json(api.methods)}, {"docs", to_json(api.docs)}};
}
json::value to_json(const OuterEnums& outer) {
  return {{"callType", to_json(outer.call)}, {"eventType", to_json(outer.event)}, {"errorType", to_json(outer.error)}};
}

// What version 16 adds.
json::value not_deprecated() { return json::object{{"notDeprecated", nullptr}}; }
json::value lasting(json::value thing) {
  thing.as_object()["deprecationInfo"] = not_deprecated();
  return thing;
}
template <class T>
json::value to_json(const Lasting<T>& thing) {
  return lasting(to_json(thing.thing));
}
json::value to_json(const LastingEnum& type) {
  EXPECT_TRUE(type.deprecated.empty());
  return {{"type", to_json(type.type)}, {"deprecationInfo", json::object()}};
}
json::value to_json(const Metadata16::Storage& storage) {
  return {{"prefix", to_json(storage.prefix)}, {"items", to_json(storage.items)}};
}
json::value to_json(const Metadata16::Pallet& pallet) {
  EXPECT_TRUE(pallet.associated_types.empty() && pallet.view_functions.empty());
  return lasting({{"name", to_json(pallet.name)},
                  {"storage", to_json(pallet.storage)},
                  {"calls", to_json(pallet.calls)},
                  {"events", to_json(pallet.events)},
                  {"constants", to_json(pallet.constants)},
                  {"errors", to_json(pallet.errors)},
                  {"associatedTypes", json::array()},
                  {"viewFunctions", json::array()},
                  {"index", pallet.index},
                  {"docs", to_json(pallet.docs)}});
}
json::value to_json(const Metadata16::Api& api) {
  return lasting({{"name", to_json(api.name)},
                  {"methods", to_json(api.methods)},
                  {"docs", to_json(api.docs)},
                  {"version", api.version.value}});
}
json::value to_json(const Metadata16::Extrinsic& extrinsic) {
  json::object by_version;
  for (const auto& [version, indices] : extrinsic.extensions_by_version)
    by_version[std::to_string(version)] = to_json(indices);
  return {{"versions", hex_of(extrinsic.versions)},
          {"addressType", to_json(extrinsic.address)},
          {"callType", to_json(extrinsic.call)},
          {"signatureType", to_json(extrinsic.signature)},
          {"transactionExtensionsByVersion", by_version},
          {"transactionExtensions", extensions(extrinsic.extensions, "implicit")}};
}

json::value to_json(const Metadata14& metadata) {
  const auto& extrinsic = metadata.extrinsic;
  return {{"lookup", json::object{{"types", to_json(metadata.types)}}},
          {"pallets", to_json(metadata.pallets)},
          {"extrinsic", json::object{{"type", to_json(extrinsic.type)},
                                     {"version", extrinsic.version},
                                     {"signedExtensions", extensions(extrinsic.extensions, "additionalSigned")}}},
          {"type", to_json(metadata.runtime)}};
}
json::value to_json(const Metadata15& metadata) {
  const auto& extrinsic = metadata.extrinsic;
  EXPECT_TRUE(metadata.custom.empty());
  return {{"lookup", json::object{{"types", to_json(metadata.types)}}},
          {"pallets", to_json(metadata.pallets)},
          {"extrinsic", json::object{{"version", extrinsic.version},
                                     {"addressType", to_json(extrinsic.address)},
                                     {"callType", to_json(extrinsic.call)},
                                     {"signatureType", to_json(extrinsic.signature)},
                                     {"extraType", to_json(extrinsic.extra)},
                                     {"signedExtensions", extensions(extrinsic.extensions, "additionalSigned")}}},
          {"type", to_json(metadata.runtime)},
          {"apis", to_json(metadata.apis)},
          {"outerEnums", to_json(metadata.outer)},
          {"custom", json::object{{"map", json::object()}}}};
}
json::value to_json(const Metadata16& metadata) {
  EXPECT_TRUE(metadata.custom.empty());
  return {{"lookup", json::object{{"types", to_json(metadata.types)}}},
          {"pallets", to_json(metadata.pallets)},
          {"extrinsic", to_json(metadata.extrinsic)},
          {"apis", to_json(metadata.apis)},
          {"outerEnums", to_json(metadata.outer)},
          {"custom", json::object{{"map", json::object()}}}};
}

/// Member by member, so that a difference is found.
void expect_same(const json::value& ours, const json::value& theirs, const std::string& where) {
  ASSERT_EQ(ours.is_object(), theirs.is_object()) << where;
  ASSERT_EQ(ours.is_array(), theirs.is_array()) << where;
  if (ours.is_object()) {
    EXPECT_EQ(ours.as_object().size(), theirs.as_object().size()) << where;
    for (const auto& [name, value] : theirs.as_object()) {
      const auto* mine = ours.as_object().if_contains(name);
      ASSERT_NE(mine, nullptr) << where << "." << name;
      expect_same(*mine, value, where + "." + std::string(name));
    }
  } else if (ours.is_array()) {
    ASSERT_EQ(ours.as_array().size(), theirs.as_array().size()) << where;
    for (std::size_t i = 0; i < ours.as_array().size(); ++i)
      expect_same(ours.as_array()[i], theirs.as_array()[i], where + "[" + std::to_string(i) + "]");
  } else {
    EXPECT_EQ(json::serialize(ours), json::serialize(theirs)) << where;
  }
}

template <class Metadata>
void expect_as_others_read_it(const std::string& name) {
  const auto all = substratee::test::load_json("substrate/metadata.json");
  const auto& vector = all.at(name);
  const auto text = substratee::test::load_bytes("substrate/" + substratee::test::text(vector, "file"));
  auto digits = as_text(text);
  digits = digits.substr(0, digits.find('\n'));
  const auto bytes = substratee::test::hex(digits);
  EXPECT_EQ(bytes.size(), vector.at("bytes").to_number<std::size_t>());
  EXPECT_EQ(to_hex_prefixed(crypto::blake2_256(bytes)), substratee::test::text(vector, "blake2_256"));
  const auto read = decode_prefixed<Metadata>(bytes);
  ASSERT_TRUE(read) << scale::to_string(read.error());
  EXPECT_EQ(read->types.size(), vector.at("types").to_number<std::size_t>());
  expect_same(to_json(*read), vector.at("json").at("metadata").at(name), name);
}

TEST(metadata_json, published_ones_say_what_others_read_in_them) {
  expect_as_others_read_it<Metadata14>("v14");
  expect_as_others_read_it<Metadata15>("v15");
  expect_as_others_read_it<Metadata16>("v16");
}

}  // namespace
}  // namespace substratee::node::runtime::metadata
