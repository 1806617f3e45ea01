#include "node/runtime/scenario_test.hpp"

namespace substratee::node::runtime::test {
namespace {

using registry::Error;

TEST(forwarding, puts_sender_and_sealed_bytes_into_the_journal) {
  Chain chain;
  const Worker a(1);
  found_with(chain, a);
  chain.block({{client(), calls_worker()}});
  const std::vector expected{registry::CallForwarded{kShard, client().account(), sealed()}};
  EXPECT_EQ(chain.journal_of<registry::CallForwarded>(), expected);
  EXPECT_EQ(chain.last.digest, std::vector{registry::journal_digest(chain.last.journal)});
}

TEST(forwarding, refuses_a_call_over_16_KiB_in_all) {
  Chain chain;
  const Worker a(1);
  found_with(chain, a);
  constexpr std::size_t overhead = 1 + 4 + 32 + 2;  // version, epoch, enc, length
  const auto largest = registry::kMaxSealedCallSize - overhead;
  ASSERT_EQ(scale::encode(sealed(largest)).size(), registry::kMaxSealedCallSize);
  EXPECT_FALSE(chain.failure(client(), calls_worker(largest)));
  EXPECT_EQ(chain.failure(client(), calls_worker(largest + 1)), refused(Error::kSealedCallTooLarge));
}

TEST(forwarding, refuses_an_unknown_shard) {
  Chain chain;
  const registry::CallWorker call{hash_of("no shard"), sealed()};
  EXPECT_EQ(chain.failure(client(), registry::encode_call(call)), refused(Error::kUnknownShard));
}

TEST(forwarding, refuses_what_is_not_at_the_top_level_of_a_signed_extrinsic) {
  Chain chain;
  const Worker a(1);
  found_with(chain, a);
  Context context(chain.state(), chain.best() + 1);
  const auto call = decode_call(calls_worker());
  EXPECT_EQ(dispatch(context, Root{}, *call), std::unexpected(refused(Error::kNotTopLevel)));
  chain.block({{root(), as_root(calls_worker())}});
  EXPECT_FALSE(chain.failure_of(0));
  EXPECT_TRUE(chain.last.journal.empty());
}

TEST(forwarding, refuses_a_backlog) {
  Chain chain;
  const Worker a(1);
  found_with(chain, a);
  Context context(chain.state(), chain.best() + 1);
  using namespace substratee_registry;
  kPendingBlocks.put(context.state, kShard, std::vector<BlockNumber>(registry::kMaxPending - 1));
  EXPECT_TRUE(call_worker(context, client().account(), {kShard, sealed()}));
  kPendingBlocks.put(context.state, kShard, std::vector<BlockNumber>(registry::kMaxPending));
  EXPECT_EQ(call_worker(context, client().account(), {kShard, sealed()}), std::unexpected(Error::kBacklog));
}

TEST(forwarding, a_block_without_entries_has_no_digest_item) {
  Chain chain;
  chain.block();
  EXPECT_TRUE(chain.last.journal.empty());
  EXPECT_TRUE(chain.last.digest.empty());
}

}  // namespace
}  // namespace substratee::node::runtime::test
