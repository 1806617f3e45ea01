#include "worker/chain_follower/rpc_chain.hpp"

#include "core/base/hex.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace substratee::worker::chain_follower {
namespace {

constexpr std::uint32_t kBatch = rpc::kMaxVerifiedBlocks;

template <class T>
Result<T> lift(rpc::Result<T> result) {
  if (result) {
    if constexpr (std::is_void_v<T>)
      return {};
    else
      return *std::move(result);
  }
  return fail(FailureCode::kNode, std::move(result).error().thing, std::move(result).error().next_step);
}

}  // namespace

Result<void> RpcChain::connect() {
  node_.reset();
  version_.reset();
  auto node = SUBSTRATEE_TRY(lift(rpc::NodeClient::connect(url_)));
  const auto genesis = SUBSTRATEE_TRY(lift(node->genesis_hash()));
  if (genesis_ && genesis != *genesis_) {
    return fail(FailureCode::kNode,
                fmt::format("the node at {} is of another chain (genesis {}, expected {})", url_,
                            to_hex_prefixed(genesis), to_hex_prefixed(*genesis_)),
                "use the right --node-url; for a new chain give a new --base-path");
  }
  genesis_ = genesis;
  node->on_closed([news = on_news_](const rpc::Failure&) { news(); });
  static_cast<void>(
      SUBSTRATEE_TRY(lift(node->subscribe_new_heads([news = on_news_](const primitives::Header&) { news(); }))));
  node_ = std::move(node);
  return {};
}

Result<rpc::NodeClient*> RpcChain::node() {
  if (!node_ || !node_->is_open()) SUBSTRATEE_TRY(connect());
  return node_.get();
}

Result<BlockHash> RpcChain::pin(const std::optional<BlockHash>& expected) {
  genesis_ = expected;
  SUBSTRATEE_TRY(connect());
  return *genesis_;
}

Result<Bytes> RpcChain::genesis_header() {
  auto* const client = SUBSTRATEE_TRY(node());
  const auto header = SUBSTRATEE_TRY(lift(client->header(*genesis_)));
  if (!header || header->hash() != *genesis_) {
    return fail(FailureCode::kNode, fmt::format("the node at {} does not give the genesis header", url_),
                "use another node");
  }
  return scale::encode(*header);
}

Result<std::vector<rpc::VerifiedBlock>> RpcChain::verified_blocks(BlockNumber from) {
  auto* const client = SUBSTRATEE_TRY(node());
  return lift(client->verified_blocks(from, kBatch));
}

Result<BlockNumber> RpcChain::finalized() {
  auto* const client = SUBSTRATEE_TRY(node());
  const auto hash = SUBSTRATEE_TRY(lift(client->finalized_head()));
  const auto header = SUBSTRATEE_TRY(lift(client->header(hash)));
  return header ? header->number.value : 0;
}

Result<std::vector<Bytes>> RpcChain::read_proof(const std::vector<Bytes>& keys, const BlockHash& at) {
  auto* const client = SUBSTRATEE_TRY(node());
  auto proof = SUBSTRATEE_TRY(lift(client->read_proof(keys, at)));
  return std::move(proof.nodes);
}

Result<protocol::ExtrinsicHints> RpcChain::hints(const AccountId& account) {
  auto* const client = SUBSTRATEE_TRY(node());
  if (!version_) version_ = SUBSTRATEE_TRY(lift(client->runtime_version()));
  const auto nonce = SUBSTRATEE_TRY(lift(client->next_nonce(account)));
  return protocol::ExtrinsicHints{nonce, version_->spec_version, version_->transaction_version};
}

Result<void> RpcChain::submit(ByteView extrinsic) {
  auto* const client = SUBSTRATEE_TRY(node());
  SUBSTRATEE_TRY(lift(client->submit(extrinsic)));
  return {};
}

Result<std::optional<Found>> RpcChain::find(ByteView extrinsic, const BlockHash& block) {
  auto* const client = SUBSTRATEE_TRY(node());
  const auto inclusion = SUBSTRATEE_TRY(lift(client->find_inclusion(extrinsic, block)));
  if (!inclusion) return std::optional<Found>{};
  return std::optional(Found{inclusion->block_number, inclusion->error});
}

Result<bool> RpcChain::is_disputed(const registry::ShardId& shard) {
  auto* const client = SUBSTRATEE_TRY(node());
  const auto found = SUBSTRATEE_TRY(lift(client->shard(shard)));
  return found && found->disputed;
}

Result<std::vector<PeerWorker>> RpcChain::workers(const registry::ShardId& shard) {
  auto* const client = SUBSTRATEE_TRY(node());
  const auto at = SUBSTRATEE_TRY(lift(client->block_hash()));
  const auto members = SUBSTRATEE_TRY(lift(client->members(shard, at)));
  std::vector<PeerWorker> out;
  for (const auto& [account, member] : members) {
    const auto enclave = SUBSTRATEE_TRY(lift(client->enclave(account, at)));
    if (enclave) out.push_back({account, member.status, enclave->worker_url.value, enclave->provisioning_url.value});
  }
  return out;
}

Result<std::optional<Registration>> RpcChain::registration(const AccountId& account) {
  auto* const client = SUBSTRATEE_TRY(node());
  const auto at = SUBSTRATEE_TRY(lift(client->block_hash()));
  const auto enclave = SUBSTRATEE_TRY(lift(client->enclave(account, at)));
  const auto now = SUBSTRATEE_TRY(lift(client->read<std::uint64_t>(registry::key::timestamp_now(), at)));
  if (!enclave || !now) return std::optional<Registration>{};
  return std::optional(Registration{enclave->attested_at, enclave->valid_until, *now, enclave->collateral.value});
}

Result<std::optional<registry::Collateral>> RpcChain::collateral(const attestation::CollateralId& id) {
  auto* const client = SUBSTRATEE_TRY(node());
  return lift(client->read<registry::Collateral>(registry::key::collateral(id)));
}

}  // namespace substratee::worker::chain_follower
