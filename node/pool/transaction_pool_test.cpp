#include "node/pool/transaction_pool.hpp"

#include <gtest/gtest.h>

namespace substratee::node::pool {
namespace {

AccountId account(char name) {
  AccountId out;
  out.bytes.fill(static_cast<std::uint8_t>(name));
  return out;
}

struct Tx {
  char sender = 'a';
  Nonce nonce = 0;
  std::uint64_t tip = 0;
  Nonce in_state = 0;
  std::uint64_t longevity = std::numeric_limits<std::uint64_t>::max();
  std::size_t padding = 0;
};

Bytes wire(const Tx& tx) {
  Bytes out = {static_cast<std::uint8_t>(tx.sender), static_cast<std::uint8_t>(tx.nonce),
               static_cast<std::uint8_t>(tx.tip)};
  out.resize(3 + tx.padding);
  return out;
}
Hash256 hash(const Tx& tx) { return primitives::extrinsic_hash(wire(tx)); }

std::expected<Hash256, Refusal> submit(TransactionPool& pool, const Tx& tx) {
  return pool.submit(wire(tx), {account(tx.sender), tx.nonce, tx.in_state, tx.tip, tx.longevity});
}

std::string order(const TransactionPool& pool, std::size_t max_bytes = 1'000'000) {
  std::string out;
  for (const auto& candidate : pool.candidates(max_bytes)) {
    out += static_cast<char>(candidate.wire[0]);
    out += std::to_string(candidate.wire[1]);
  }
  return out;
}

using Notices = std::vector<Notice>;

TEST(transaction_pool, a_nonce_gap_makes_a_future_transaction) {
  TransactionPool pool;
  ASSERT_TRUE(submit(pool, {.nonce = 1}));
  EXPECT_EQ(pool.take_notices(), (Notices{{hash({.nonce = 1}), Status::kFuture, {}}}));
  EXPECT_FALSE(pool.has_ready());
  EXPECT_EQ(pool.next_nonce(account('a'), 0), 0U);
  ASSERT_TRUE(submit(pool, {.nonce = 0}));
  EXPECT_EQ(pool.take_notices(),
            (Notices{{hash({.nonce = 0}), Status::kReady, {}}, {hash({.nonce = 1}), Status::kReady, {}}}));
  EXPECT_EQ(order(pool), "a0a1");
  EXPECT_EQ(pool.next_nonce(account('a'), 0), 2U);
  EXPECT_EQ(pool.next_nonce(account('b'), 7), 7U);
}

TEST(transaction_pool, refuses_duplicates) {
  TransactionPool pool;
  ASSERT_TRUE(submit(pool, {}));
  EXPECT_EQ(submit(pool, {}).error(), Refusal::kAlreadyImported);
}

TEST(transaction_pool, only_a_higher_tip_replaces) {
  TransactionPool pool;
  ASSERT_TRUE(submit(pool, {.tip = 5}));
  EXPECT_EQ(submit(pool, {.tip = 4}).error(), Refusal::kPriorityTooLow);
  EXPECT_EQ(submit(pool, {.tip = 5, .padding = 1}).error(), Refusal::kPriorityTooLow);
  static_cast<void>(pool.take_notices());
  ASSERT_TRUE(submit(pool, {.tip = 6}));
  EXPECT_EQ(pool.take_notices(),
            (Notices{{hash({.tip = 5}), Status::kUsurped, hash({.tip = 6})}, {hash({.tip = 6}), Status::kReady, {}}}));
  EXPECT_EQ(pool.count(), 1U);
  EXPECT_EQ(pool.ready_count(), 1U);
}

TEST(transaction_pool, senders_take_turns_higher_tips_first) {
  TransactionPool pool;
  for (Nonce n = 0; n < 3; ++n) ASSERT_TRUE(submit(pool, {.sender = 'a', .nonce = n}));
  ASSERT_TRUE(submit(pool, {.sender = 'b', .nonce = 0}));
  ASSERT_TRUE(submit(pool, {.sender = 'c', .nonce = 0, .tip = 9}));
  ASSERT_TRUE(submit(pool, {.sender = 'c', .nonce = 1}));
  EXPECT_EQ(order(pool), "c0a0b0a1c1a2");
  EXPECT_EQ(order(pool, 7), "c0a0");
  EXPECT_EQ(pool.pending().size(), 6U);
}

TEST(transaction_pool, a_block_prunes_and_promotes) {
  TransactionPool pool;
  for (Nonce n = 0; n < 3; ++n) ASSERT_TRUE(submit(pool, {.nonce = n}));
  ASSERT_TRUE(submit(pool, {.sender = 'b', .longevity = 6}));
  ASSERT_TRUE(submit(pool, {.sender = 'c', .longevity = 7}));
  static_cast<void>(pool.take_notices());
  const Hash256 block = {{1}};
  const std::vector<Hash256> included = {hash({.nonce = 0}), hash({.nonce = 1})};
  pool.on_block(5, block, included, [](const AccountId& who) { return who == account('a') ? Nonce{2} : Nonce{0}; });
  EXPECT_EQ(pool.take_notices(), (Notices{{included[0], Status::kInBlock, block},
                                          {included[1], Status::kInBlock, block},
                                          {hash({.sender = 'b'}), Status::kInvalid, {}}}));
  EXPECT_EQ(order(pool), "a2c0");
  pool.on_final(5, block);
  EXPECT_EQ(pool.take_notices(),
            (Notices{{included[0], Status::kFinalized, block}, {included[1], Status::kFinalized, block}}));
  pool.on_final(5, block);
  EXPECT_TRUE(pool.take_notices().empty());
}

TEST(transaction_pool, a_rejected_one_leaves_its_successors_as_future) {
  TransactionPool pool;
  for (Nonce n = 0; n < 3; ++n) ASSERT_TRUE(submit(pool, {.nonce = n}));
  static_cast<void>(pool.take_notices());
  pool.reject(hash({.nonce = 1}));
  EXPECT_EQ(pool.take_notices(),
            (Notices{{hash({.nonce = 1}), Status::kInvalid, {}}, {hash({.nonce = 2}), Status::kFuture, {}}}));
  EXPECT_EQ(order(pool), "a0");
  pool.reject(hash({.nonce = 1}));
  EXPECT_EQ(pool.count(), 2U);
}

TEST(transaction_pool, limits_a_sender) {
  TransactionPool pool({.max_per_sender = 2, .max_nonce_gap = 10});
  EXPECT_EQ(submit(pool, {.nonce = 11}).error(), Refusal::kSenderLimit);
  ASSERT_TRUE(submit(pool, {.nonce = 0}));
  ASSERT_TRUE(submit(pool, {.nonce = 1}));
  EXPECT_EQ(submit(pool, {.nonce = 2}).error(), Refusal::kSenderLimit);
  EXPECT_TRUE(submit(pool, {.nonce = 1, .tip = 1}));
}

TEST(transaction_pool, a_full_pool_drops_what_is_worth_less) {
  TransactionPool pool({.max_count = 2});
  ASSERT_TRUE(submit(pool, {.sender = 'a', .nonce = 5}));
  ASSERT_TRUE(submit(pool, {.sender = 'b', .tip = 1}));
  static_cast<void>(pool.take_notices());
  ASSERT_TRUE(submit(pool, {.sender = 'c'}));
  EXPECT_EQ(pool.take_notices().front(), (Notice{hash({.sender = 'a', .nonce = 5}), Status::kDropped, {}}));
  EXPECT_EQ(submit(pool, {.sender = 'd'}).error(), Refusal::kPoolFull);
  ASSERT_TRUE(submit(pool, {.sender = 'd', .tip = 3}));
  EXPECT_EQ(order(pool), "d0b0");
  EXPECT_EQ(pool.count(), 2U);
}

TEST(transaction_pool, a_newcomer_that_finds_no_room_drops_nobody) {
  TransactionPool pool({.max_bytes = 20});
  ASSERT_TRUE(submit(pool, {.sender = 'a', .padding = 4}));
  ASSERT_TRUE(submit(pool, {.sender = 'b', .tip = 5, .padding = 4}));
  static_cast<void>(pool.take_notices());
  // To drop the poorer one is not enough.
  EXPECT_EQ(submit(pool, {.sender = 'c', .tip = 1, .padding = 12}).error(), Refusal::kPoolFull);
  EXPECT_TRUE(pool.take_notices().empty());
  EXPECT_EQ(order(pool), "b0a0");
  EXPECT_EQ(pool.bytes(), 14U);
  ASSERT_TRUE(submit(pool, {.sender = 'c', .tip = 1, .padding = 9}));
  EXPECT_EQ(order(pool), "b0c0");
}

TEST(transaction_pool, a_big_newcomer_drops_the_last_ones_of_a_sender) {
  TransactionPool pool({.max_bytes = 20});
  for (Nonce n = 0; n < 4; ++n) ASSERT_TRUE(submit(pool, {.nonce = n, .padding = 2}));
  static_cast<void>(pool.take_notices());
  ASSERT_TRUE(submit(pool, {.sender = 'b', .tip = 1, .padding = 7}));
  EXPECT_EQ(order(pool), "b0a0a1");
  EXPECT_EQ(pool.take_notices(), (Notices{{hash({.nonce = 3, .padding = 2}), Status::kDropped, {}},
                                          {hash({.nonce = 2, .padding = 2}), Status::kDropped, {}},
                                          {hash({.sender = 'b', .tip = 1, .padding = 7}), Status::kReady, {}}}));
  EXPECT_EQ(pool.next_nonce(account('a'), 0), 2U);
  EXPECT_EQ(pool.ready_count(), 3U);
}

TEST(transaction_pool, nobody_fills_it_alone) {
  TransactionPool pool({.max_count = 4});
  for (Nonce n = 0; n < 4; ++n) ASSERT_TRUE(submit(pool, {.nonce = n}));
  static_cast<void>(pool.take_notices());
  ASSERT_TRUE(submit(pool, {.sender = 'b', .nonce = 0}));
  EXPECT_EQ(pool.take_notices().front(), (Notice{hash({.nonce = 3}), Status::kDropped, {}}));
  ASSERT_TRUE(submit(pool, {.sender = 'b', .nonce = 1}));
  EXPECT_EQ(order(pool), "a0b0a1b1");
  // As much each: neither displaces the other.
  EXPECT_EQ(submit(pool, {.sender = 'b', .nonce = 2}).error(), Refusal::kPoolFull);
  EXPECT_EQ(submit(pool, {.nonce = 2}).error(), Refusal::kPoolFull);
  ASSERT_TRUE(submit(pool, {.sender = 'c', .nonce = 0}));
  EXPECT_EQ(pool.count(), 4U);
}

TEST(transaction_pool, counts_bytes) {
  TransactionPool pool({.max_bytes = 10});
  EXPECT_EQ(submit(pool, {.padding = 8}).error(), Refusal::kPoolFull);
  ASSERT_TRUE(submit(pool, {.padding = 4}));
  EXPECT_EQ(pool.bytes(), 7U);
  EXPECT_EQ(submit(pool, {.sender = 'b', .padding = 4}).error(), Refusal::kPoolFull);
  ASSERT_TRUE(submit(pool, {.sender = 'b', .tip = 1, .padding = 4}));
  EXPECT_EQ(pool.bytes(), 7U);
  pool.reject(hash({.sender = 'b', .tip = 1, .padding = 4}));
  EXPECT_EQ(pool.bytes(), 0U);
  EXPECT_EQ(pool.ready_count(), 0U);
}

}  // namespace
}  // namespace substratee::node::pool
