#include "node/api/params.hpp"

#include "rpc/json_forms.hpp"

#include <fmt/format.h>

namespace substratee::node::api {

namespace {

std::unexpected<RpcError> bad(std::string_view name, std::string_view wanted) {
  return net::invalid_params(fmt::format("{}: {}", name, wanted));
}

}  // namespace

const json::value* Params::find(std::size_t index) const {
  if (index >= params_.size() || params_[index].is_null()) return nullptr;
  return &params_[index];
}

Parsed<std::optional<Bytes>> Params::optional_bytes(std::size_t index, std::string_view name) const {
  const auto* value = find(index);
  if (value == nullptr) return std::optional<Bytes>{};
  auto bytes = rpc::bytes_from_json(*value);
  if (!bytes) return bad(name, "expected bytes in hexadecimal");
  return bytes;
}

Parsed<Bytes> Params::bytes(std::size_t index, std::string_view name) const {
  auto bytes = SUBSTRATEE_TRY(optional_bytes(index, name));
  if (!bytes) return bad(name, "missing; expected bytes in hexadecimal");
  return *std::move(bytes);
}

Parsed<std::optional<Hash256>> Params::optional_hash(std::size_t index, std::string_view name) const {
  const auto bytes = SUBSTRATEE_TRY(optional_bytes(index, name));
  if (!bytes) return std::optional<Hash256>{};
  const auto hash = Hash256::from(*bytes);
  if (!hash) return bad(name, "expected a hash of 32 bytes");
  return hash;
}

Parsed<Hash256> Params::hash(std::size_t index, std::string_view name) const {
  const auto hash = SUBSTRATEE_TRY(optional_hash(index, name));
  if (!hash) return bad(name, "missing; expected a hash of 32 bytes");
  return *hash;
}

Parsed<std::uint32_t> Params::number(std::size_t index, std::string_view name) const {
  const auto* value = find(index);
  const auto number = value != nullptr ? rpc::u32_from_json(*value) : std::nullopt;
  if (!number) return bad(name, "expected a number");
  return *number;
}

Parsed<std::string_view> Params::text(std::size_t index, std::string_view name) const {
  const auto* value = find(index);
  if (value == nullptr || !value->is_string()) return bad(name, "expected text");
  return std::string_view(value->get_string());
}

Parsed<bool> Params::flag(std::size_t index, std::string_view name) const {
  const auto* value = find(index);
  if (value == nullptr || !value->is_bool()) return bad(name, "expected true or false");
  return value->get_bool();
}

Parsed<std::vector<Bytes>> Params::list_of_bytes(std::size_t index, std::string_view name, std::size_t max) const {
  const auto* value = find(index);
  if (value == nullptr || !value->is_array()) return bad(name, "expected a list of bytes in hexadecimal");
  if (value->get_array().size() > max) return bad(name, fmt::format("at most {} elements", max));
  std::vector<Bytes> out;
  for (const auto& item : value->get_array()) {
    auto bytes = rpc::bytes_from_json(item);
    if (!bytes) return bad(name, "expected a list of bytes in hexadecimal");
    out.push_back(*std::move(bytes));
  }
  return out;
}

}  // namespace substratee::node::api
