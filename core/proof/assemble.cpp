#include "core/proof/assemble.hpp"

#include "core/registry/storage.hpp"

namespace substratee::proof {
namespace key = registry::key;
namespace {

struct Block {
  primitives::BlockHash hash;
  primitives::Header header;
};

Result<Block> decode_block(const protocol::FinalBlock& block) {
  auto header = SUBSTRATEE_TRY_OR(Error::kMalformed, scale::decode<primitives::Header>(block.header));
  const auto hash = header.hash();
  return Block{hash, std::move(header)};
}

Result<std::vector<Bytes>> ask(const Reader& read, const std::vector<Bytes>& keys, const primitives::BlockHash& at) {
  auto nodes = read(keys, at);
  if (!nodes || nodes->size() > kMaxNodes) return std::unexpected(Error::kStateNotProved);
  return *std::move(nodes);
}

/// Reads in two steps, since an enclave's key is its index. `keys` are read besides.
struct StateRead {
  StateProof proof;
  std::vector<primitives::AccountId> missing;
};

Result<StateRead> read_state(const protocol::FinalBlock& block, const Block& at,
                             const std::vector<primitives::AccountId>& accounts, std::vector<Bytes> keys,
                             const Reader& read) {
  for (const auto& account : accounts) keys.push_back(key::enclave_index(account));
  const auto first = SUBSTRATEE_TRY(ask(read, keys, at.hash));
  const auto indices = SUBSTRATEE_TRY_OR(Error::kStateNotProved, trie::ReadProof::from(at.header.state_root, first));
  StateRead out{{block.header, block.justification, {}}, {}};
  for (const auto& account : accounts) {
    const auto value = SUBSTRATEE_TRY_OR(Error::kStateNotProved, indices.get(key::enclave_index(account)));
    const auto index = value ? scale::decode<std::uint64_t>(*value).value_or(0) : 0;
    if (index == 0) out.missing.push_back(account);
    if (index != 0) keys.push_back(key::enclave(index));
  }
  out.proof.nodes.value = SUBSTRATEE_TRY(ask(read, keys, at.hash));
  return out;
}

}  // namespace

std::optional<std::uint32_t> find_agreement(const registry::Journal& journal, const registry::ShardId& shard,
                                            std::optional<primitives::BlockNumber> block) {
  for (std::size_t i = 0; i < journal.size(); ++i) {
    const auto* agreed = std::get_if<registry::StateAgreed>(&journal[i]);
    if (agreed == nullptr || agreed->shard != shard) continue;
    if (!block || agreed->agreed.block_number == *block) return static_cast<std::uint32_t>(i);
  }
  return std::nullopt;
}

Result<AgreementProof> assemble_agreement(const protocol::FinalBlock& announced_in, std::uint32_t entry,
                                          const Reader& read,
                                          const std::function<std::optional<protocol::FinalBlock>()>& parent) {
  const auto at = SUBSTRATEE_TRY(decode_block(announced_in));
  const auto journal = SUBSTRATEE_TRY_OR(Error::kMalformed, scale::decode<registry::Journal>(announced_in.journal));
  const auto* agreed = entry < journal.size() ? std::get_if<registry::StateAgreed>(&journal[entry]) : nullptr;
  if (agreed == nullptr) return std::unexpected(Error::kNoAgreement);

  auto state = SUBSTRATEE_TRY(read_state(announced_in, at, agreed->confirmed_by.value,
                                         {key::shard(agreed->shard), key::timestamp_now()}, read));
  AgreementProof out{std::move(state.proof), entry, {registry::journal_path(journal, entry)}, {}};
  if (state.missing.empty()) return out;
  const auto before = parent();
  if (!before) return std::unexpected(Error::kNotRegistered);
  const auto before_at = SUBSTRATEE_TRY(decode_block(*before));
  out.before = SUBSTRATEE_TRY(read_state(*before, before_at, state.missing, {}, read)).proof;
  return out;
}

std::vector<Bytes> answer_keys(const registry::ShardId& shard, const primitives::AccountId& enclave,
                               std::uint64_t index) {
  return {key::shard(shard), key::timestamp_now(), key::member(shard, enclave), key::enclave_index(enclave),
          key::enclave(index)};
}

}  // namespace substratee::proof
