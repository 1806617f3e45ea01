#pragma once

/// JSON forms of chain values, both directions. Reading is strict about types and gives nothing on any other form.

#include "net/json_rpc.hpp"
#include "rpc/node_api.hpp"

namespace substratee::rpc {

[[nodiscard]] net::json::value hex_json(ByteView bytes);
[[nodiscard]] std::optional<Bytes> bytes_from_json(const net::json::value& value);
template <std::size_t N>
[[nodiscard]] std::optional<FixedBytes<N>> fixed_from_json(const net::json::value& value) {
  const auto bytes = bytes_from_json(value);
  if (!bytes) return std::nullopt;
  return FixedBytes<N>::from(*bytes);
}
/// A number, or hex text ("0x1f") as Substrate writes some.
[[nodiscard]] std::optional<std::uint64_t> number_from_json(const net::json::value& value);
[[nodiscard]] std::optional<std::uint32_t> u32_from_json(const net::json::value& value);

/// A member of an object, or nullptr.
[[nodiscard]] const net::json::value* find(const net::json::value& object, std::string_view name);

/// {"parentHash", "number": "0x…", "stateRoot", "extrinsicsRoot", "digest": {"logs": ["0x…"]}}.
[[nodiscard]] net::json::value to_json(const primitives::Header& header);
[[nodiscard]] std::optional<primitives::Header> header_from_json(const net::json::value& value);

/// "ready", {"inBlock": hash}, {"finalized": hash}, "invalid", …
[[nodiscard]] std::optional<TransactionStatus> status_from_json(const net::json::value& value);
[[nodiscard]] std::optional<VerifiedBlock> verified_block_from_json(const net::json::value& value);
[[nodiscard]] net::json::value to_json(const VerifiedBlock& block);
[[nodiscard]] net::json::value to_json(const MemberProspects& prospects);
[[nodiscard]] std::optional<MemberProspects> prospects_from_json(const net::json::value& value);
[[nodiscard]] std::optional<Block> block_from_json(const net::json::value& value);

}  // namespace substratee::rpc
