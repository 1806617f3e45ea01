#include "tests/network/network.hpp"
#include "tests/network/rogue.hpp"

/// A worker whose result is not the agreed one: its host learns both, and keeps learning them when it is stopped.

namespace substratee::test {
namespace {

TEST_F(Network, a_worker_that_differs_tells_its_host_both_results) {
  Host worker(world, ipfs, 1);
  Rogue rogue(world, 7);
  found(worker);
  ASSERT_EQ(rogue.submit_registration(), std::nullopt);
  const auto agreed = *shard().agreed;
  ASSERT_EQ(rogue.submit(registry::ConfirmBlock{world.shard(), rogue.instance, agreed.block_number, agreed.block_hash,
                                                agreed.receipts_root, agreed.state_cid}),
            std::nullopt);
  increment(42, 0);
  world.mine();
  const auto block = world.height();
  EXPECT_EQ(worker.follow().divergence, std::nullopt);
  const auto own = worker.processed().back();
  const registry::StateCid other_state{{7}};
  ASSERT_EQ(
      rogue.submit(registry::ConfirmBlock{world.shard(), rogue.instance, block, world.hash_of(block), {}, other_state}),
      std::nullopt);
  idle(3);
  ASSERT_EQ(shard().agreed->block_number, block);
  const Divergence expected{block, own.state_cid, own.receipts_root, other_state, {}};
  EXPECT_EQ(worker.follow().divergence, expected);

  const auto call = registry::encode_call(registry::Quarantine{world.shard(), worker.identity().account});
  world.submit(world.sign(concat(Bytes{registry::kSudoIndex, 0}, call), "//Alice"));
  world.mine();
  const auto status = worker.follow();
  EXPECT_EQ(status.phase, Phase::kQuarantined);
  EXPECT_EQ(status.quarantined, 1u);
  EXPECT_EQ(status.root, std::nullopt) << "its memory is wiped";
  EXPECT_EQ(status.divergence, expected) << "what its host may say about it is not";
}

}  // namespace
}  // namespace substratee::test
