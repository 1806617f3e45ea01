#pragma once

/// JSON forms of the node's values, as Substrate nodes write them, and the reading of parameters.

#include "core/base/bytes.hpp"
#include "core/primitives/header.hpp"
#include "net/json_rpc.hpp"
#include "node/pool/transaction_pool.hpp"
#include "node/service/chain.hpp"

namespace substratee::node::api {

namespace json = boost::json;
using net::RpcError;

[[nodiscard]] json::value hex_json(ByteView bytes);
/// {"parentHash", "number": "0x1f", "stateRoot", "extrinsicsRoot", "digest": {"logs": [...]}}; lossless.
[[nodiscard]] json::value to_json(const primitives::Header& header);
/// "ready", {"inBlock": "0x…"}, …
[[nodiscard]] json::value to_json(const pool::Notice& notice);
/// state_getRuntimeVersion.
[[nodiscard]] json::value runtime_version_json();

[[nodiscard]] RpcError to_rpc_error(const service::SubmitError& error);
[[nodiscard]] RpcError to_rpc_error(const storage::Error& error);
/// The chain thread has stopped or has too much to do.
[[nodiscard]] RpcError busy_error();

template <class T>
using Parsed = std::expected<T, RpcError>;

/// Positional parameters. Those left out and null are the same; numbers may be hex text; hex may lack "0x".
class Params {
 public:
  explicit Params(const json::array& params) : params_(params) {}

  [[nodiscard]] const json::value* find(std::size_t index) const;
  [[nodiscard]] Parsed<Bytes> bytes(std::size_t index, std::string_view name) const;
  [[nodiscard]] Parsed<std::optional<Bytes>> optional_bytes(std::size_t index, std::string_view name) const;
  [[nodiscard]] Parsed<std::optional<Hash256>> optional_hash(std::size_t index, std::string_view name) const;
  [[nodiscard]] Parsed<std::uint32_t> number(std::size_t index, std::string_view name) const;
  [[nodiscard]] Parsed<std::vector<Bytes>> list_of_bytes(std::size_t index, std::string_view name,
                                                         std::size_t max) const;

 private:
  const json::array& params_;
};

/// A number or hex text.
[[nodiscard]] std::optional<std::uint32_t> to_number(const json::value& value);

}  // namespace substratee::node::api
