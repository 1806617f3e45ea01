// The registry's values, through storage keys.
#include "rpc/json_forms.hpp"
#include "rpc/node_client.hpp"

namespace substratee::rpc {
namespace key = registry::key;

Result<std::vector<registry::Enclave>> NodeClient::enclaves(At at) {
  // All keys at one block, so that the list is of one moment.
  if (!at) at = SUBSTRATEE_TRY(block_hash());
  const auto count = SUBSTRATEE_TRY(read<std::uint64_t>(key::enclave_count(), at)).value_or(0);
  std::vector<registry::Enclave> out;
  for (std::uint64_t index = 1; index <= count; ++index) {
    if (auto enclave = SUBSTRATEE_TRY(read<registry::Enclave>(key::enclave(index), at)))
      out.push_back(*std::move(enclave));
  }
  return out;
}

Result<std::optional<registry::Enclave>> NodeClient::enclave(const registry::AccountId& account, At at) {
  if (!at) at = SUBSTRATEE_TRY(block_hash());
  const auto index = SUBSTRATEE_TRY(read<std::uint64_t>(key::enclave_index(account), at));
  if (!index) return std::optional<registry::Enclave>{};
  return read<registry::Enclave>(key::enclave(*index), at);
}

Result<std::optional<registry::Shard>> NodeClient::shard(const registry::ShardId& shard, At at) {
  return read<registry::Shard>(key::shard(shard), at);
}

Result<std::optional<registry::Member>> NodeClient::member(const registry::ShardId& shard,
                                                           const registry::AccountId& account, At at) {
  return read<registry::Member>(key::member(shard, account), at);
}

Result<std::vector<std::pair<registry::AccountId, registry::Member>>> NodeClient::members(
    const registry::ShardId& shard, At at) {
  if (!at) at = SUBSTRATEE_TRY(block_hash());
  const auto keys = SUBSTRATEE_TRY(keys_paged(key::members(shard), registry::kMaxMembers, {}, at));
  std::vector<std::pair<registry::AccountId, registry::Member>> out;
  for (const auto& one : keys) {
    // The key ends in the account itself (Blake2_128Concat).
    if (one.size() < registry::AccountId::size()) continue;
    const auto account = registry::AccountId::from(ByteView(one).last(registry::AccountId::size()));
    if (const auto member = SUBSTRATEE_TRY(read<registry::Member>(one, at))) out.emplace_back(*account, *member);
  }
  return out;
}

Result<MemberProspects> NodeClient::appraise_members(const std::optional<attestation::Policy>& policy,
                                                     std::optional<std::uint64_t> time) {
  net::json::array params;
  params.emplace_back(policy ? hex_json(scale::encode(*policy)) : net::json::value(nullptr));
  params.emplace_back(time ? net::json::value(*time) : net::json::value(nullptr));
  const auto answer = SUBSTRATEE_TRY(call(node_method::kAppraiseMembers, std::move(params)));
  auto prospects = prospects_from_json(answer);
  if (!prospects) return std::unexpected(bad_answer(node_method::kAppraiseMembers, "not its form"));
  return *std::move(prospects);
}

Result<std::optional<registry::BlockConfirmations>> NodeClient::confirmations(const registry::ShardId& shard,
                                                                              primitives::BlockNumber block, At at) {
  return read<registry::BlockConfirmations>(key::confirmations(shard, block), at);
}

}  // namespace substratee::rpc
