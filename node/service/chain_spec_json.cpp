#include "core/attestation/policy/policy_file.hpp"
#include "core/base/hex.hpp"
#include "core/primitives/ss58.hpp"
#include "node/service/chain_spec.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace substratee::node::service {

namespace {

std::string indented(std::string text, std::string_view by) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1)) text.insert(at + 1, by);
  return text;
}

std::string in_list(const std::vector<std::string>& items) {
  return items.empty() ? "[]" : fmt::format("[\n      {}\n    ]", fmt::join(items, ",\n      "));
}

std::string genesis_json(const ChainSpec& spec) {
  const auto& genesis = spec.genesis;
  const auto address = [&](const FixedBytes<32>& account) {
    return primitives::to_ss58(account, spec.identity.ss58_format);
  };
  std::vector<std::string> members;
  members.push_back(fmt::format(R"("authorities": [{{"name": "{}", "key": "{}"}}])",
                                spec.authority_name.empty() ? "authority" : spec.authority_name,
                                address(genesis.engine.authority)));
  members.push_back(fmt::format(R"("salt": "{}")", to_hex_prefixed(genesis.engine.salt)));
  if (genesis.root) members.push_back(fmt::format(R"("sudo": "{}")", address(*genesis.root)));
  std::vector<std::string> items;
  for (const auto& [account, amount] : genesis.endowed)
    items.push_back(fmt::format(R"({{"account": "{}", "amount": "{}"}})", address(account), to_decimal(amount)));
  members.push_back(fmt::format(R"("endowed": {})", in_list(std::exchange(items, {}))));
  members.push_back(fmt::format(R"("fees": {{"perByte": "{}", "perMicrosecond": "{}"}})",
                                to_decimal(genesis.fees.per_byte), to_decimal(genesis.fees.per_microsecond)));
  for (const auto& one : genesis.allowed_measurements) items.push_back(fmt::format(R"("{}")", to_hex_prefixed(one)));
  members.push_back(fmt::format(R"("allowedMeasurements": {})", in_list(std::exchange(items, {}))));
  members.push_back(fmt::format(R"("attestationPolicy": {})", indented(attestation::to_json(genesis.policy), "    ")));
  for (const auto& shard : genesis.shards)
    items.push_back(fmt::format(R"({{"stf": "{}", "name": "{}", "hardwareRequired": {}, "minimumConfirmations": {}}})",
                                shard.stf, shard.name, shard.hardware_required, shard.minimum_confirmations));
  members.push_back(fmt::format(R"("shards": {})", in_list(items)));
  return fmt::format("{{\n    {}\n  }}", fmt::join(members, ",\n    "));
}

}  // namespace

std::string to_decimal(primitives::Balance value) {
  std::string out;
  do {
    out.insert(out.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
    value /= 10;
  } while (value != 0);
  return out;
}

std::string to_json(const ChainSpec& spec) {
  const auto& identity = spec.identity;
  const bool is_instant = spec.engine.sealing == consensus::dev::Sealing::kInstant;
  return fmt::format(R"({{
  "name": "{}",
  "id": "{}",
  "chainType": "{}",
  "properties": {{"ss58Format": {}, "tokenDecimals": {}, "tokenSymbol": "{}"}},
  "sealing": {{"mode": "{}", "blockTime": {}}},
  "genesis": {}
}}
)",
                     identity.name, identity.id, identity.type, identity.ss58_format, identity.token_decimals,
                     identity.token_symbol, is_instant ? "instant" : "interval", spec.engine.block_time,
                     genesis_json(spec));
}

}  // namespace substratee::node::service
