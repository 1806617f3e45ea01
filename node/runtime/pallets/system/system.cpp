#include "node/runtime/pallets/system/system.hpp"

#include "node/runtime/runtime.hpp"

#include <limits>

namespace substratee::node::runtime::system {
namespace {

/// The block whose hash is no longer known once `best` is the newest one.
std::optional<BlockNumber> forgotten_at(BlockNumber best) {
  if (best <= kBlockHashCount + 1) return std::nullopt;  // block 0 is kept for ever
  return best - kBlockHashCount - 1;
}

}  // namespace

DispatchResult<> Pallet::dispatch(Context& context, const Origin& origin, const Call& call) {
  const auto sender = ensure_signed(origin);
  if (!sender) {
    if (const auto root = ensure_root(origin); !root) return root;
  }
  if (const auto* remark = std::get_if<RemarkWithEvent>(&call)) {
    if (!sender) return std::unexpected(sender.error());
    context.deposit(kIndex, Event{Remarked{*sender, crypto::blake2_256(remark->remark)}});
  }
  return {};
}

RefTime Pallet::weight_of(const Call& call) {
  const auto size = std::visit([](const auto& remark) { return remark.remark.size(); }, call);
  return 2 * kMicrosecond + size * kWeightPerByte;
}

decltype(Pallet::constants()) Pallet::constants() {
  constexpr std::uint64_t kAnyProof = std::numeric_limits<std::uint64_t>::max();
  constexpr auto kLength = static_cast<std::uint32_t>(kMaxBlockSize);
  const Weight max_block{{kMaxBlockWeight}, {kAnyProof}};
  const WeightsPerClass limited{.base_extrinsic = to_weight(kBaseExtrinsicWeight),
                                .max_extrinsic = max_block,
                                .max_total = max_block,
                                .reserved = Weight{}};
  const WeightsPerClass unlimited{.base_extrinsic = to_weight(kBaseExtrinsicWeight),
                                  .max_extrinsic = std::nullopt,
                                  .max_total = std::nullopt,
                                  .reserved = std::nullopt};
  return {{"BlockWeights", {Weight{}, max_block, {limited, limited, unlimited}}, "What a block may weigh."},
          {"BlockLength", {{kLength, kLength, kLength}}, "Bytes of a block's extrinsics, in all."},
          {"BlockHashCount", kBlockHashCount, "How many block hashes are kept, besides that of genesis."},
          {"DbWeight", {5 * kMicrosecond, 10 * kMicrosecond}, "What a read and a write of the state weigh."},
          {"Version", runtime_version(), "The runtime's version."},
          {"SS58Prefix", kSs58Prefix, "The prefix of addresses as text."}};
}

std::optional<BlockHash> block_hash(const StateView& state, BlockNumber best, const BlockHash& best_hash,
                                    BlockNumber number) {
  if (number > best) return std::nullopt;
  if (number == best) return best_hash;
  if (number != 0 && best - number > kBlockHashCount) return std::nullopt;
  return kBlockHash.find(state, number);
}

void start_block(Context& context, const BlockHash& parent_hash) {
  const BlockNumber parent = context.number() - 1;
  kNumber.put(context.state, context.number());
  kParentHash.put(context.state, parent_hash);
  kBlockHash.put(context.state, parent, parent_hash);
  if (const auto old = forgotten_at(parent)) kBlockHash.erase(context.state, *old);
}

void finish_block(Context& context, std::uint32_t extrinsics, const std::vector<primitives::DigestItem>& digest) {
  scale::Encoder events;
  events.compact(context.events().size());
  for (const auto& record : context.events()) events.raw(record);
  context.state.put(kEvents.key(), std::move(events).take());
  kEventCount.put(context.state, static_cast<std::uint32_t>(context.events().size()));
  kExtrinsicCount.put(context.state, extrinsics);
  kDigest.put(context.state, digest);
}

void spend_nonce(Context& context, const AccountId& account) {
  auto info = kAccount.find(context.state, account);
  if (!info) {
    info.emplace().sufficients = 1;
    context.deposit(kIndex, Event{NewAccount{account}});
  }
  ++info->nonce;
  kAccount.put(context.state, account, *info);
}

}  // namespace substratee::node::runtime::system
