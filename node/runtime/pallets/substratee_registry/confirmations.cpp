#include "node/runtime/pallets/substratee_registry/handlers.hpp"

namespace substratee::node::runtime::substratee_registry {
namespace {

Error to_error(ConfirmRefusal refusal) {
  switch (refusal) {
    case ConfirmRefusal::kAlreadyConfirmed: return Error::kAlreadyConfirmed;
    case ConfirmRefusal::kOutOfOrder: return Error::kOutOfOrder;
    case ConfirmRefusal::kTooManyAuthors: return Error::kTooManyMembers;
  }
  return Error::kUnknownBlock;
}

/// Pending, then agreed, then kept confirmations: never System.BlockHash, which forgets sooner and knows idle blocks
/// too.
std::optional<BlockHash> hash_of_work(const Context& context, const ShardId& id, const registry::Shard& shard,
                                      BlockNumber block) {
  if (const auto pending = kPending.find(context.state, id, block)) return pending;
  if (shard.agreed && shard.agreed->block_number == block) return shard.agreed->block_hash;
  if (const auto kept = kConfirmations.find(context.state, id, block)) return kept->block_hash;
  return std::nullopt;
}

}  // namespace

Result<> confirm_block(Context& context, const AccountId& sender, const registry::ConfirmBlock& call) {
  const auto caller = SUBSTRATEE_TRY(calling_member(context, sender, call.shard, call.instance));
  const auto hash = hash_of_work(context, call.shard, caller.shard, call.block_number);
  if (!hash) return std::unexpected(Error::kUnknownBlock);
  if (*hash != call.block_hash) return std::unexpected(Error::kWrongBlockHash);

  ShardChange change(context, call.shard);
  const auto confirmed =
      change.agreement().confirm(sender, call.block_number, call.block_hash, Pair{call.receipts_root, call.state_cid});
  if (!confirmed) return std::unexpected(to_error(confirmed.error()));
  context.deposit(kIndex,
                  Event{BlockConfirmed{sender, call.shard, call.block_number, call.receipts_root, call.state_cid}});
  std::move(change).commit();
  return {};
}

}  // namespace substratee::node::runtime::substratee_registry
