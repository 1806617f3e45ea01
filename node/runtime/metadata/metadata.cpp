#include "node/runtime/metadata/metadata.hpp"

#include "node/runtime/api/declaration.hpp"
#include "node/runtime/metadata/substrate_types.hpp"

namespace substratee::node::runtime::metadata {
namespace {

/// What all versions have in common.
struct Content {
  TypeRegistry types;
  std::vector<PalletWithDocs> pallets;
  std::vector<Extension> extensions;
  std::vector<api::DescribedApi> apis;
  TypeId runtime;
  TypeId extrinsic;
  TypeId address;
  TypeId signature;
  TypeId extra;
  OuterEnums outer;
};

template <class T>
void set_default(Item& item, Modifier modifier) {
  item.modifier = modifier == Modifier::kDefault ? 1 : 0;
  item.default_value = modifier == Modifier::kDefault ? scale::encode(T{}) : Bytes{0};
}

template <class Declared>
Item begin_item(const Declared& declared) {
  Item out;
  out.name = declared.name;
  out.docs = to_docs(declared.docs);
  set_default<typename Declared::Value>(out, declared.modifier);
  return out;
}
template <class T>
Item describe_item(TypeRegistry& types, const StorageValue<T>& declared) {
  auto out = begin_item(declared);
  out.type = PlainItem{describe<T>(types, declared.meaning)};
  return out;
}
template <class K, class T>
Item describe_item(TypeRegistry& types, const StorageMap<K, T>& declared) {
  auto out = begin_item(declared);
  out.type =
      MapItem{{static_cast<std::uint8_t>(declared.hasher)}, describe<K>(types, declared.meaning), describe<T>(types)};
  return out;
}
template <class K1, class K2, class T>
Item describe_item(TypeRegistry& types, const StorageDoubleMap<K1, K2, T>& declared) {
  auto out = begin_item(declared);
  const auto key = types.tuple({describe<K1>(types, declared.meaning1), describe<K2>(types, declared.meaning2)});
  out.type = MapItem{{static_cast<std::uint8_t>(declared.hasher1), static_cast<std::uint8_t>(declared.hasher2)},
                     key,
                     describe<T>(types)};
  return out;
}

template <class Declared>
Items describe_storage(TypeRegistry& types) {
  Items out{std::string(Declared::kName), {}};
  std::apply([&](const auto&... item) { (out.items.push_back(describe_item(types, item)), ...); }, Declared::storage());
  return out;
}

template <class Declared>
std::vector<Constant> describe_constants(TypeRegistry& types) {
  return std::apply(
      [&]<class... T>(const runtime::Constant<T>&... constant) {
        return std::vector<Constant>{
            {std::string(constant.name), describe<T>(types), scale::encode(constant.value), to_docs(constant.docs)}...};
      },
      Declared::constants());
}

template <class Declared>
PalletWithDocs describe_pallet(TypeRegistry& types) {
  PalletWithDocs out;
  out.docs = to_docs(Declared::kDocs);
  auto& pallet = out.pallet;
  pallet.name = Declared::kName;
  pallet.index = Declared::kIndex;
  if constexpr (HasStorage<Declared>) pallet.storage = describe_storage<Declared>(types);
  if constexpr (HasCalls<Declared>) pallet.calls = describe_calls<Declared>(types);
  if constexpr (HasEvents<Declared>) pallet.events = describe_events<Declared>(types);
  if constexpr (HasConstants<Declared>) pallet.constants = describe_constants<Declared>(types);
  if constexpr (HasErrors<Declared>) pallet.errors = describe_errors<Declared>(types);
  return out;
}

Content describe_runtime() {
  Content out;
  auto& types = out.types;
  for_each_pallet([&]<class Each>(std::type_identity<Each>) { out.pallets.push_back(describe_pallet<Each>(types)); });
  out.extensions = describe_extensions(types);
  out.apis = api::describe_apis(types);
  out.runtime = types.add({"substratee_node_runtime::Runtime"}, [] { return Composite{}; });
  out.extrinsic = describe<UncheckedExtrinsic>(types);
  out.address = describe<primitives::MultiAddress>(types);
  out.signature = describe<primitives::MultiSignature>(types);
  std::vector<TypeId> extra;
  for (const auto& extension : out.extensions) extra.push_back(extension.type);
  out.extra = types.tuple(std::move(extra));
  out.outer = {describe<OuterCall>(types), describe<OuterEvent>(types), describe<OuterError>(types)};
  return out;
}

Metadata14 to_14(const Content& content) {
  Metadata14 out;
  out.types = content.types.types();
  for (const auto& one : content.pallets) out.pallets.push_back(one.pallet);
  out.extrinsic = {content.extrinsic, 4, content.extensions};
  out.runtime = content.runtime;
  return out;
}

Metadata15 to_15(const Content& content) {
  Metadata15 out;
  out.types = content.types.types();
  out.pallets = content.pallets;
  out.extrinsic = {4, content.address, content.outer.call, content.signature, content.extra, content.extensions};
  out.runtime = content.runtime;
  for (const auto& one : content.apis) out.apis.push_back(one.api);
  out.outer = content.outer;
  return out;
}

std::optional<LastingEnum> lasting(const std::optional<TypeId>& type) {
  if (!type) return std::nullopt;
  return LastingEnum{*type, {}};
}

template <class T>
std::vector<Lasting<T>> lasting(const std::vector<T>& things) {
  std::vector<Lasting<T>> out;
  for (const auto& thing : things) out.push_back({thing, {}});
  return out;
}

Metadata16::Pallet to_16(const PalletWithDocs& from) {
  const auto& pallet = from.pallet;
  Metadata16::Pallet out;
  out.name = pallet.name;
  if (pallet.storage) out.storage = {pallet.storage->prefix, lasting(pallet.storage->items)};
  out.calls = lasting(pallet.calls);
  out.events = lasting(pallet.events);
  out.constants = lasting(pallet.constants);
  out.errors = lasting(pallet.errors);
  out.index = pallet.index;
  out.docs = from.docs;
  return out;
}

Metadata16 to_16(const Content& content) {
  Metadata16 out;
  out.types = content.types.types();
  for (const auto& one : content.pallets) out.pallets.push_back(to_16(one));
  std::vector<scale::Compact<std::uint32_t>> all;
  for (std::uint32_t i = 0; i < content.extensions.size(); ++i) all.push_back({i});
  out.extrinsic = {{4}, content.address, content.outer.call, content.signature, {{0, all}}, content.extensions};
  for (const auto& [api, version] : content.apis) {
    out.apis.push_back({api.name, lasting(api.methods), api.docs, {version}, {}});
  }
  out.outer = content.outer;
  return out;
}

}  // namespace

const Bytes& metadata(std::uint32_t version) {
  static const auto made = [] {
    const auto content = describe_runtime();
    return std::array{encode_prefixed(to_14(content)), encode_prefixed(to_15(content)),
                      encode_prefixed(to_16(content))};
  }();
  static const Bytes none;
  const auto* known = std::ranges::find(kVersions, version);
  return known == kVersions.end() ? none : made[static_cast<std::size_t>(known - kVersions.begin())];
}

}  // namespace substratee::node::runtime::metadata
