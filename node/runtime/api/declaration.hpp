#pragma once

/// The runtime APIs, declared once: names, versions, arguments, answers, what runs. Runtime calls, metadata and
/// RuntimeVersion.apis come from here.

#include "node/runtime/api/runtime_api.hpp"
#include "node/runtime/metadata/type_registry.hpp"

namespace substratee::node::runtime::api {

/// The state that a call asks.
struct Asked {
  const StateView& state;
  BlockNumber best;
  const BlockHash& best_hash;
};

struct Method {
  std::string_view name;
  std::string_view docs;
  std::expected<Bytes, ApiError> (*call)(const Asked& asked, ByteView arguments);
  /// Arguments and answer.
  void (*describe)(metadata::TypeRegistry& types, metadata::Method& method);
};

struct Api {
  std::string_view name;
  std::uint32_t version;
  std::string_view docs;
  std::span<const Method> methods;
};

[[nodiscard]] std::span<const Api> apis() noexcept;

struct DescribedApi {
  metadata::Api api;
  std::uint32_t version = 0;
};
[[nodiscard]] std::vector<DescribedApi> describe_apis(metadata::TypeRegistry& types);

}  // namespace substratee::node::runtime::api
