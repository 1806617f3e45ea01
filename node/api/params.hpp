#pragma once

/// The reading of JSON-RPC parameters. Those left out and null are the same; numbers may be hex text; hex may lack
/// "0x".

#include "core/base/bytes.hpp"
#include "net/json_rpc.hpp"

#include <optional>
#include <vector>

namespace substratee::node::api {

namespace json = boost::json;
using net::RpcError;

template <class T>
using Parsed = std::expected<T, RpcError>;

/// Positional parameters.
class Params {
 public:
  explicit Params(const json::array& params) : params_(params) {}

  /// nullptr: left out or null.
  [[nodiscard]] const json::value* find(std::size_t index) const;
  [[nodiscard]] Parsed<Bytes> bytes(std::size_t index, std::string_view name) const;
  [[nodiscard]] Parsed<std::optional<Bytes>> optional_bytes(std::size_t index, std::string_view name) const;
  [[nodiscard]] Parsed<Hash256> hash(std::size_t index, std::string_view name) const;
  [[nodiscard]] Parsed<std::optional<Hash256>> optional_hash(std::size_t index, std::string_view name) const;
  [[nodiscard]] Parsed<std::uint32_t> number(std::size_t index, std::string_view name) const;
  [[nodiscard]] Parsed<std::string_view> text(std::size_t index, std::string_view name) const;
  [[nodiscard]] Parsed<bool> flag(std::size_t index, std::string_view name) const;
  [[nodiscard]] Parsed<std::vector<Bytes>> list_of_bytes(std::size_t index, std::string_view name,
                                                         std::size_t max) const;

 private:
  const json::array& params_;
};

}  // namespace substratee::node::api
