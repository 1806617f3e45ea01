#include "client/sdk/chain_reader.hpp"

#include "core/base/hex.hpp"
#include "core/registry/storage.hpp"

#include <fmt/format.h>

namespace substratee::client {
namespace {

constexpr std::size_t kSeenHeaders = 1024;
constexpr const char* kOtherNode = "do not use it; connect to another node with --node-url";

Failure forged_by(std::string_view node_url, std::string_view what) {
  return {Code::kForged, fmt::format("the node at {} {}", node_url, what), kOtherNode};
}

}  // namespace

Failure ProvedState::unproved(finality::Error error) const {
  return forged_by(node_url_, fmt::format("shows a state of block {} that is not proved: {}", state_.at().number,
                                          finality::to_string(error)));
}

std::unexpected<Failure> ChainReader::forged(std::string what) const {
  return std::unexpected(forged_by(node_->url(), what));
}

Result<ChainReader> ChainReader::open(rpc::NodeClient& node, const std::optional<BlockHash>& pinned) {
  const auto hash = SUBSTRATEE_TRY(node.genesis_hash());
  SUBSTRATEE_TRY(check_genesis(hash, pinned, node.url()));
  const auto header = SUBSTRATEE_TRY(node.header(hash));
  if (!header) return std::unexpected(forged_by(node.url(), "does not know its own genesis block"));
  auto nodes = SUBSTRATEE_TRY(node.read_proof({registry::key::engine()}, hash)).nodes;
  proof::ChainProof chain{scale::encode(*header), {std::move(nodes)}};
  auto engine = finality::ProvedEngine::prove(hash, chain.genesis_header, chain.engine.value);
  if (engine) return ChainReader(node, *std::move(engine), std::move(chain));
  return std::unexpected(
      forged_by(node.url(), fmt::format("does not prove who seals the chain {}: {}", to_hex_prefixed(hash),
                                        finality::to_string(engine.error()))));
}

Result<finality::FinalHeader> ChainReader::check(const primitives::Header& header, const Bytes& justification) {
  auto checked = engine_.check(scale::encode(header), justification);
  if (!checked) {
    return forged(fmt::format("shows a header of block {} that is not of the chain {}: {}", header.number.value,
                              to_hex_prefixed(genesis_hash()), finality::to_string(checked.error())));
  }
  const auto [known, is_new] = seen_.emplace(checked->number(), checked->hash);
  if (known->second != checked->hash) {
    return forged(fmt::format(
        "shows block {} and block {} at height {}, both under the seal of the chain's authority: the authority has "
        "signed two chains",
        to_hex_prefixed(known->second), to_hex_prefixed(checked->hash), checked->number()));
  }
  if (seen_.size() > kSeenHeaders) seen_.erase(seen_.begin());
  return *std::move(checked);
}

Result<std::optional<finality::FinalHeader>> ChainReader::header(const BlockHash& hash) {
  const auto header = SUBSTRATEE_TRY(node_->header(hash));
  if (!header) return std::optional<finality::FinalHeader>{};
  if (header->hash() != hash) {
    return forged(fmt::format("shows another header than that of block {}", to_hex_prefixed(hash)));
  }
  return std::optional(SUBSTRATEE_TRY(check(*header)));
}

Result<finality::FinalHeader> ChainReader::head() {
  const auto hash = SUBSTRATEE_TRY(node_->finalized_head());
  auto header = SUBSTRATEE_TRY(this->header(hash));
  if (!header) return forged("does not know its own final block");
  if (header->number() < head_) {
    return forged(
        fmt::format("shows block {} as its newest final one, after it has shown block {}", header->number(), head_));
  }
  head_ = header->number();
  return *std::move(header);
}

Result<finality::FinalHeader> ChainReader::best() {
  const auto header = SUBSTRATEE_TRY(node_->header());
  if (!header) return forged("has no block");
  return check(*header);
}

Result<ProvedState> ChainReader::read(const finality::FinalHeader& at, const std::vector<Bytes>& keys) {
  auto nodes = SUBSTRATEE_TRY(node_->read_proof(keys, at.hash)).nodes;
  auto state = finality::ProvedEngine::open(at, nodes);
  if (state) return ProvedState(*std::move(state), std::move(nodes), node_->url());
  return forged(
      fmt::format("shows a state of block {} that is not proved: {}", at.number(), finality::to_string(state.error())));
}

Result<std::vector<CheckedBlock>> ChainReader::blocks(BlockNumber from, std::uint32_t count) {
  std::vector<CheckedBlock> out;
  for (const auto& block : SUBSTRATEE_TRY(node_->verified_blocks(from, count))) {
    auto checked = SUBSTRATEE_TRY(check_block(block));
    if (checked.number != from + out.size()) {
      return forged(fmt::format("shows block {} where {} was asked for", checked.number, from + out.size()));
    }
    SUBSTRATEE_TRY(check(checked.header, checked.justification));
    out.push_back(std::move(checked));
  }
  return out;
}

Result<std::vector<AccountId>> ChainReader::member_hints(const registry::ShardId& shard, const BlockHash& at) {
  std::vector<AccountId> out;
  const auto keys =
      SUBSTRATEE_TRY(node_->keys_paged(registry::key::members(shard), registry::kMaxMembers, std::nullopt, at));
  for (const auto& key : keys) {
    // The key ends in the account itself (Blake2_128Concat).
    if (key.size() < AccountId::size() || out.size() == registry::kMaxMembers) continue;
    out.push_back(*AccountId::from(ByteView(key).last(AccountId::size())));
  }
  std::ranges::sort(out);
  const auto repeated = std::ranges::unique(out);
  out.erase(repeated.begin(), repeated.end());
  return out;
}

}  // namespace substratee::client
