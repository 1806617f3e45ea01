#include "node/consensus/dev/author.hpp"

#include "core/finality/dev_seal.hpp"

namespace substratee::node::consensus::dev {

namespace {

using runtime::InvalidReason;

/// A block that is full for one may have room for a smaller one, but not for ever.
constexpr std::size_t kMaxMisfits = 16;

void apply_candidates(runtime::BlockExecution& execution, std::span<const ByteView> candidates, Authored& out) {
  std::size_t misfits = 0;
  for (std::size_t i = 0; i < candidates.size() && misfits < kMaxMisfits; ++i) {
    const auto outcome = execution.apply(candidates[i], runtime::SignatureCheck::kDoneByCaller);
    if (!outcome) {
      out.refused.push_back({i, outcome.error()});
      if (outcome.error() == InvalidReason::kExhaustsResources) ++misfits;
      continue;
    }
    out.included.push_back(i);
    out.block.extrinsics.push_back(to_bytes(candidates[i]));
  }
}

}  // namespace

std::optional<Authored> author_block(storage::ChainStore& store, std::span<const ByteView> candidates,
                                     std::uint64_t timestamp, const crypto::ed25519::KeyPair& authority) {
  const auto parent = store.best();
  const auto view = store.best_view();
  runtime::BlockExecution execution(view, parent.number + 1, parent.hash);
  Authored out;
  out.block.extrinsics.push_back(runtime::timestamp_inherent(timestamp));
  if (!execution.apply(out.block.extrinsics.front())) return std::nullopt;
  apply_candidates(execution, candidates, out);
  auto outcome = std::move(execution).finish();
  out.block.changes = std::move(outcome.changes);
  out.block.journal = std::move(outcome.journal);

  primitives::Header header;
  header.parent_hash = parent.hash;
  header.number.value = parent.number + 1;
  header.state_root = store.root_after(out.block.changes);
  header.extrinsics_root = trie::ordered_root(out.block.extrinsics);
  header.digest = std::move(outcome.digest);
  const auto signature = authority.sign(finality::seal_message(header));
  out.block.header = finality::with_seal(std::move(header), signature);
  return out;
}

}  // namespace substratee::node::consensus::dev
