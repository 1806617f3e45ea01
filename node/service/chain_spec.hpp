#pragma once

/// A chain as people write it: one strict JSON object (docs/protocol.md, "Chain specification"). Every name known, none
/// twice, none of the wrong type, none missing but those with a default. What stands under "genesis" makes the chain;
/// the rest tells clients how to show it, and its authority when to seal.

#include "core/attestation/policy/policy.hpp"
#include "node/consensus/dev/engine.hpp"
#include "node/runtime/genesis.hpp"
#include "node/storage/error.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace substratee::node::service {

/// What clients are told about the chain.
struct ChainIdentity {
  std::string name = "substraTEE Development";
  std::string id = "substratee-dev";
  std::string type = "Development";  ///< or "Local", "Live"
  std::uint16_t ss58_format = 42;    ///< the runtime's
  std::uint8_t token_decimals = 12;
  std::string token_symbol = "UNIT";
  friend bool operator==(const ChainIdentity&, const ChainIdentity&) = default;
};

struct ChainSpec {
  ChainIdentity identity;
  consensus::dev::EngineOptions engine;
  std::string authority_name;  ///< for people
  runtime::GenesisConfig genesis;
};

inline constexpr std::size_t kMaxChainSpecSize = std::size_t{4} << 20;

/// kForeign, with a text that names the member.
[[nodiscard]] storage::Result<ChainSpec> chain_spec_from(std::string_view json);
/// As chain_spec_from, of a file; kDisk.
[[nodiscard]] storage::Result<ChainSpec> read_chain_spec(const std::filesystem::path& file);
/// Every member, indented; chain_spec_from of it gives the same chain.
[[nodiscard]] std::string to_json(const ChainSpec& spec);

/// Only ASCII that needs no escape in JSON, not empty, at most 64 characters.
[[nodiscard]] bool is_plain_name(std::string_view text) noexcept;
/// An account as SS58 or 0x and 64 hex digits.
[[nodiscard]] std::optional<primitives::AccountId> account_from(std::string_view text);

}  // namespace substratee::node::service
