#include "node/runtime/metadata/type_registry.hpp"

namespace substratee::node::runtime::metadata {
namespace {

std::vector<std::string> parts(std::string_view path) {
  std::vector<std::string> out;
  for (std::size_t begin = 0; begin < path.size();) {
    const auto end = std::min(path.find("::", begin), path.size());
    out.emplace_back(path.substr(begin, end - begin));
    begin = end + 2;
  }
  return out;
}

}  // namespace

TypeId TypeRegistry::add(Definition definition) {
  const auto [known, is_new] = structures_.try_emplace(scale::encode(definition), next());
  if (is_new) types_.push_back({known->second, {}, {}, std::move(definition), {}});
  return known->second;
}

TypeId TypeRegistry::add(const Named& name, const std::function<Definition()>& define) {
  const auto [known, is_new] = names_.try_emplace(scale::encode(std::pair{name.path, name.parameters}), next());
  const auto id = known->second;
  if (!is_new) return id;
  types_.push_back({id, parts(name.path), name.parameters, Composite{}, {}});
  auto definition = define();  // may add types, and so move types_
  types_[id.value].definition = std::move(definition);
  return id;
}

TypeId TypeRegistry::option(TypeId type) {
  return add({"Option", {{"T", type}}},
             [&] { return Variant{{{"None", {}, 0, {}}, {"Some", {unnamed(type)}, 1, {}}}}; });
}

TypeId TypeRegistry::result(TypeId type, TypeId error) {
  return add({"Result", {{"T", type}, {"E", error}}},
             [&] { return Variant{{{"Ok", {unnamed(type)}, 0, {}}, {"Err", {unnamed(error)}, 1, {}}}}; });
}

Docs to_docs(std::string_view text) {
  Docs out;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

}  // namespace substratee::node::runtime::metadata
