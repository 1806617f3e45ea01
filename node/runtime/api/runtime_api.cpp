#include "node/runtime/api/runtime_api.hpp"

#include "core/crypto/hash.hpp"
#include "node/runtime/api/declaration.hpp"

#include <algorithm>

namespace substratee::node::runtime::api {

std::string_view to_string(ApiError error) noexcept {
  switch (error) {
    case ApiError::kUnknownName: return "unknown runtime call";
    case ApiError::kBadArguments: return "the runtime call's arguments do not decode";
  }
  return "runtime call failed";
}

std::expected<Bytes, ApiError> call_runtime_api(const StateView& state, BlockNumber best, const BlockHash& best_hash,
                                                std::string_view name, ByteView arguments) {
  for (const auto& api : apis()) {
    if (!name.starts_with(api.name) || !name.substr(api.name.size()).starts_with('_')) continue;
    const auto method = name.substr(api.name.size() + 1);
    const auto found = std::ranges::find(api.methods, method, &Method::name);
    if (found != api.methods.end()) return found->call(Asked{state, best, best_hash}, arguments);
  }
  return std::unexpected(ApiError::kUnknownName);
}

std::vector<ApiVersion> api_versions() {
  std::vector<ApiVersion> out;
  for (const auto& api : apis()) out.push_back({crypto::blake2_64(as_bytes(api.name)), api.version});
  return out;
}

std::vector<DescribedApi> describe_apis(metadata::TypeRegistry& types) {
  std::vector<DescribedApi> out;
  for (const auto& api : apis()) {
    metadata::Api described{std::string(api.name), {}, metadata::to_docs(api.docs)};
    for (const auto& method : api.methods) {
      auto& one = described.methods.emplace_back();
      one.name = method.name;
      one.docs = metadata::to_docs(method.docs);
      method.describe(types, one);
    }
    out.push_back({std::move(described), api.version});
  }
  return out;
}

}  // namespace substratee::node::runtime::api
