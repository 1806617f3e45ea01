#include "tests/network/network.hpp"

/// Queries that must not be answered, and answers that must not be believed.

namespace substratee::test {
namespace {

class QueryAttack : public Network {
 protected:
  void SetUp() override {
    found(worker);
    increment(42, 0);
    worker.step();
    world.mine();
    block = world.height();
    rounds(2, {&worker});
    ASSERT_EQ(counter(worker), "42") << "the honest path";
  }
  Refusal refused(const SignedQuery& query) { return worker.refused(ExecuteQuery{seal(query).sealed}); }

  Host worker{world, ipfs, 1};
  primitives::BlockNumber block = 0;
};

TEST_F(QueryAttack, none) {
  EXPECT_EQ(counter(worker), "42");
  EXPECT_EQ(outcome(worker, block, 0), Outcome::kApplied);
}

TEST_F(QueryAttack, attack_query_by_a_stranger) {
  EXPECT_EQ(ask(worker, AskReceipt{block, 0}, Mode::kAgreed, "//Bob").status, AnswerStatus::kForbidden);
  EXPECT_TRUE(ask(worker, AskReceipt{block, 0}, Mode::kAgreed, "//Bob").value.value.empty());
  const auto own = ask(worker, AskState{{*stf::find("counter")->query_from_text("counter")}}, Mode::kAgreed, "//Bob");
  EXPECT_EQ(stf::find("counter")->value_to_text(own.value.value), "0") << "everybody sees the own counter only";
}

TEST_F(QueryAttack, attack_query_in_the_name_of_another) {
  auto query = question(AskNonce{}, Mode::kAgreed, "//Bob");
  query.account = account().account();
  EXPECT_EQ(refused(query), Refusal::kBadQuery);
}

TEST_F(QueryAttack, attack_replayed_query) {
  const auto pending = seal(question(AskNonce{}));
  const auto first = worker.expect<SealedAnswer>(ExecuteQuery{pending.sealed}).sealed;
  const auto second = worker.expect<SealedAnswer>(ExecuteQuery{pending.sealed}).sealed;
  EXPECT_NE(Bytes(first.begin() + 1, first.begin() + 33), Bytes(second.begin() + 1, second.begin() + 33))
      << "response nonce";
  EXPECT_NE(Bytes(first.begin() + 33, first.end()), Bytes(second.begin() + 33, second.end())) << "no key is used twice";
  EXPECT_EQ(open_answer(first, pending, domain()), open_answer(second, pending, domain()));
}

TEST_F(QueryAttack, attack_answer_to_another_query) {
  const auto mine = seal(question(AskNonce{}));
  const auto other = seal(question(AskReceipt{block, 0}));
  const auto answer = worker.expect<SealedAnswer>(ExecuteQuery{other.sealed}).sealed;
  EXPECT_EQ(open_answer(answer, mine, domain()).error(), Error::kNotForUs);
}

TEST_F(QueryAttack, attack_forged_answer) {
  const auto pending = seal(question(AskNonce{}));
  auto answer = worker.expect<SealedAnswer>(ExecuteQuery{pending.sealed}).sealed;
  answer.back() ^= 1;
  EXPECT_EQ(open_answer(answer, pending, domain()).error(), Error::kNotForUs);
}

TEST_F(QueryAttack, attack_query_of_another_chain_or_shard) {
  auto query = question(AskNonce{});
  auto other = domain();
  other.genesis_hash[0] ^= 1;
  EXPECT_EQ(refused(sign_query(query, other, account(), world.random())), Refusal::kBadQuery);
  const auto sealed = *seal_query(query, *shard().shielding_key, 1, other, world.random());
  EXPECT_EQ(worker.refused(ExecuteQuery{sealed.sealed}), Refusal::kBadQuery);
  other = {world.genesis_hash(), registry::shard_id("counter", "other")};
  EXPECT_EQ(refused(sign_query(query, other, account(), world.random())), Refusal::kBadQuery);
}

TEST_F(QueryAttack, attack_call_sent_as_a_query) {
  EXPECT_EQ(worker.refused(ExecuteQuery{seal(signed_increment(1, 1))}), Refusal::kBadQuery);
}

TEST_F(QueryAttack, garbage_for_a_query) {
  EXPECT_EQ(worker.refused(ExecuteQuery{{}}), Refusal::kBadQuery);
  EXPECT_EQ(worker.refused(ExecuteQuery{{1, 1, {}, {Bytes(300, 7)}}}), Refusal::kBadQuery);
}

TEST_F(QueryAttack, attack_query_naming_a_newer_block) {
  world.mine();
  EXPECT_EQ(refused(question(AskNonce{})), Refusal::kBehind);
  worker.follow();
  EXPECT_EQ(next_nonce(worker), 1u);
}

TEST_F(QueryAttack, attack_query_naming_a_foreign_block) {
  auto query = question(AskNonce{});
  query.block_hash[0] ^= 1;
  EXPECT_EQ(refused(sign_query(query, domain(), account(), world.random())), Refusal::kBadQuery);
  query = question(AskNonce{});
  query.block_number -= 1;
  EXPECT_EQ(refused(sign_query(query, domain(), account(), world.random())), Refusal::kBadQuery);
}

TEST_F(QueryAttack, attack_query_naming_a_block_long_past) {
  const auto query = question(AskNonce{});
  idle(70);
  worker.follow();
  EXPECT_EQ(refused(query), Refusal::kBadQuery);
}

TEST_F(QueryAttack, query_that_the_function_does_not_understand) {
  EXPECT_EQ(ask(worker, AskState{{{0xff}}}).status, AnswerStatus::kMalformed);
}

TEST_F(QueryAttack, attack_host_withholds_or_swaps_receipts) {
  auto kept = worker.receipts.at(block);
  worker.receipts.clear();
  EXPECT_EQ(ask(worker, AskReceipt{block, 0}).status, AnswerStatus::kNotHere);
  kept.back() ^= 1;
  worker.receipts[block] = kept;
  EXPECT_EQ(ask(worker, AskReceipt{block, 0}).status, AnswerStatus::kNotHere);
  kept.back() ^= 1;
  worker.receipts[block + 1] = kept;
  EXPECT_EQ(ask(worker, AskReceipt{block + 1, 0}).status, AnswerStatus::kNotHere) << "receipts of another block";
  worker.receipts[block] = kept;
  EXPECT_EQ(outcome(worker, block, 0), Outcome::kApplied);
}

TEST_F(QueryAttack, latest_and_agreed_are_told_apart) {
  increment(1, 1);
  world.mine();
  worker.follow();
  EXPECT_EQ(counter(worker, Mode::kLatest), "43");
  EXPECT_EQ(counter(worker, Mode::kAgreed), "42");
  const auto agreed = ask(worker, AskNonce{}, Mode::kAgreed);
  EXPECT_EQ(agreed.state_cid, shard().agreed->state_cid);
  EXPECT_EQ(agreed.block_number, world.height());
  EXPECT_NE(ask(worker, AskNonce{}, Mode::kLatest).state_cid, agreed.state_cid);
}

}  // namespace
}  // namespace substratee::test
