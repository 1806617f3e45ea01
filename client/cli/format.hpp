#pragma once

/// Chain values as JSON and as text for people. Hashes, keys: 0x hex; accounts: SS58; states: CID text;
/// balances and values of the state transition function: decimal text, since JSON numbers end at 2^53.

#include "client/offline/text.hpp"
#include "client/sdk/session.hpp"

#include <boost/json.hpp>

namespace substratee::client::cli {

namespace json = boost::json;

[[nodiscard]] std::string balance_text(primitives::Balance amount);
/// Decimal digits only; nothing if more than 128 bits.
[[nodiscard]] std::optional<primitives::Balance> balance_from_text(std::string_view text);

[[nodiscard]] json::object to_json(const ChainStatus& status);
[[nodiscard]] json::object to_json(const Worker& worker);
[[nodiscard]] json::value to_json(const std::optional<registry::Agreed>& agreed);
[[nodiscard]] json::object to_json(const registry::Shard& shard);
[[nodiscard]] json::object to_json(const CheckedBlock& block);
[[nodiscard]] json::object to_json(const Failure& failure);
/// SS58 texts.
[[nodiscard]] json::array accounts_json(std::span<const AccountId> accounts);

/// For people: one line a field, "name: value", lists and objects indented.
[[nodiscard]] std::string to_lines(const json::object& object);

}  // namespace substratee::client::cli
