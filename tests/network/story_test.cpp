#include "tests/network/network.hpp"

/// The M4 story on a virtual clock: two enclaves provision each other and process encrypted calls.

namespace substratee::test {
namespace {

TEST_F(Network, one_worker_founds_and_processes) {
  Host worker(world, ipfs, 1);
  found(worker);
  increment(42, 0);
  rounds(3, {&worker});
  EXPECT_EQ(counter(worker), "42");
  EXPECT_EQ(shard().agreed->state_cid, worker.processed().back().state_cid);
}

TEST_F(Network, the_m4_story) {
  Host first(world, ipfs, 1);
  Host second(world, ipfs, 2);
  found(first);
  increment(42, 0);
  rounds(3, {&first});
  join(second, first);
  increment(42, 1);
  rounds(4, {&first, &second});
  EXPECT_EQ(counter(first), "84");
  EXPECT_EQ(counter(second), "84");
  EXPECT_EQ(first.processed().back(), second.processed().back());
  EXPECT_EQ(shard().agreed->state_cid, second.processed().back().state_cid);
}

TEST_F(Network, the_survivor_goes_on_alone) {
  Host first(world, ipfs, 1);
  Host second(world, ipfs, 2);
  found(first);
  join(second, first);
  increment(42, 0);
  rounds(8, {&second});
  EXPECT_EQ(member(first), registry::MemberStatus::kSilent);
  EXPECT_EQ(counter(second), "42");
  rounds(4, {&first, &second});
  EXPECT_EQ(member(first), registry::MemberStatus::kActive);
  EXPECT_EQ(counter(first), "42");
}

TEST_F(Network, a_restarted_worker_opens_its_state_again) {
  Host worker(world, ipfs, 1);
  found(worker);
  increment(42, 0);
  rounds(3, {&worker});
  worker.start_again();
  increment(1, 1);
  rounds(6, {&worker});
  EXPECT_EQ(counter(worker), "43");
}

TEST_F(Network, without_a_sealing_key_nothing_is_stored_and_a_restart_joins_anew) {
  Host first(world, ipfs, 1);
  Host second(world, ipfs, 2);
  second.have_no_sealing_key();
  found(first);
  increment(42, 0);
  rounds(3, {&first});
  join(second, first);
  EXPECT_TRUE(second.blobs.empty());
  EXPECT_EQ(counter(second), "42");
  const auto before = second.identity().account;
  join(second, first);  // starts it again
  EXPECT_NE(second.identity().account, before);
  EXPECT_TRUE(second.blobs.empty());
  increment(1, 1);
  rounds(8, {&first, &second});
  EXPECT_EQ(counter(second), "43");
  EXPECT_EQ(member(before), registry::MemberStatus::kActive)
      << "a majority agrees without it, so nothing waits for it: its registration ends by time";
}

TEST_F(Network, without_a_sealing_key_foreign_blobs_are_refused) {
  Host worker(world, ipfs, 1);
  worker.start_again();
  ASSERT_FALSE(worker.blobs.empty());
  worker.have_no_sealing_key();
  const auto reply = worker.start();
  ASSERT_TRUE(std::holds_alternative<Refused>(reply));
  EXPECT_EQ(std::get<Refused>(reply).reason, Refusal::kCorruptBlob);
  EXPECT_NE(std::get<Refused>(reply).detail.value.find("has no sealing key"), std::string::npos);
}

TEST_F(Network, receipts_prove_what_became_of_each_call) {
  Host worker(world, ipfs, 1);
  found(worker);
  increment(42, 0);
  increment(7, 0);  // the same extrinsic nonce: refused by the chain
  worker.step();
  world.mine();
  const auto block = world.height();
  rounds(3, {&worker});
  const auto answer = ask(worker, AskReceipt{block, 0});
  ASSERT_EQ(answer.status, AnswerStatus::kAnswered);
  const auto receipt = *scale::decode<ReceiptAnswer>(answer.value.value);
  EXPECT_EQ(receipt.leaf.receipt.outcome, Outcome::kApplied);
  EXPECT_TRUE(verify_merkle_path(scale::encode(receipt.leaf), 0, receipt.leaf_count, receipt.path,
                                 shard().agreed->receipts_root));
  EXPECT_EQ(ask(worker, AskReceipt{block, 1}).status, AnswerStatus::kNotHere);
  EXPECT_EQ(ask(worker, AskReceipt{block - 1, 0}).status, AnswerStatus::kNotHere);
}

}  // namespace
}  // namespace substratee::test
