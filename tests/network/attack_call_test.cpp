#include "tests/network/network.hpp"

/// Calls that must have no effect. Each ends in a receipt with its reason, spends no nonce that it must not, and stops
/// no worker.

namespace substratee::test {
namespace {

class CallAttack : public Network {
 protected:
  void SetUp() override {
    found(worker);
    increment(42, 0);
    settle();
    ASSERT_EQ(counter(worker), "42");
    ASSERT_EQ(next_nonce(worker), 1u);
  }
  /// Mines what was submitted and waits for its agreement; the block that holds it.
  primitives::BlockNumber settle() {
    worker.step();
    world.mine();
    EXPECT_TRUE(world.rejected().empty());
    EXPECT_EQ(registry_error(world), std::nullopt);
    const auto block = world.height();
    rounds(2, {&worker});
    return block;
  }
  void expect_no_effect(Outcome reason, std::string_view asker = "//Alice", primitives::Nonce nonce = 1) {
    const auto block = settle();
    EXPECT_EQ(outcome(worker, block, 0, asker), reason);
    EXPECT_EQ(counter(worker), "42");
    EXPECT_EQ(next_nonce(worker), nonce);
    EXPECT_EQ(shard().agreed->block_number, block) << "the worker goes on";
  }

  Host worker{world, ipfs, 1};
};

TEST_F(CallAttack, none) {
  submit(seal(signed_increment(1, 1)));
  EXPECT_EQ(outcome(worker, settle(), 0), Outcome::kApplied);
  EXPECT_EQ(counter(worker), "43");
}

TEST_F(CallAttack, attack_forged_call) {
  auto call = signed_increment(1, 1);
  call.signature = account("//Bob").sign(call_message(call, domain()), world.random());
  submit(seal(call, "//Bob"), "//Bob");
  expect_no_effect(Outcome::kBadSignature, "//Bob");
}

TEST_F(CallAttack, forged_call_says_nothing_to_its_victim) {
  auto call = signed_increment(1, 1);
  call.call.push_back(0);
  submit(seal(call, "//Bob"), "//Bob");
  const auto block = settle();
  EXPECT_EQ(ask(worker, AskReceipt{block, 0}).status, AnswerStatus::kForbidden);
}

TEST_F(CallAttack, attack_replayed_call) {
  submit(seal(signed_increment(42, 0)));
  expect_no_effect(Outcome::kWrongNonce);
}

TEST_F(CallAttack, attack_replayed_ciphertext) {
  const auto sealed = seal(signed_increment(1, 1));
  submit(sealed);
  settle();
  ASSERT_EQ(counter(worker), "43");
  submit(sealed);
  EXPECT_EQ(outcome(worker, settle(), 0), Outcome::kWrongNonce);
  EXPECT_EQ(counter(worker), "43");
}

TEST_F(CallAttack, call_with_a_gap) {
  submit(seal(signed_increment(1, 2)));
  expect_no_effect(Outcome::kWrongNonce);
}

TEST_F(CallAttack, attack_refused_call_resubmitted_later) {
  const auto sealed = seal(signed_increment(~std::uint64_t{0}, 1));  // overflows: refused by the function
  submit(sealed);
  expect_no_effect(Outcome::kRefused, "//Alice", 2);
  submit(sealed);
  expect_no_effect(Outcome::kWrongNonce, "//Alice", 2);
}

TEST_F(CallAttack, attack_copied_ciphertext_by_another_sender) {
  const auto sealed = seal(signed_increment(1, 1));
  submit(sealed, "//Bob");
  expect_no_effect(Outcome::kNotOpened, "//Bob");
  submit(sealed);
  EXPECT_EQ(outcome(worker, settle(), 0), Outcome::kApplied);
  EXPECT_EQ(counter(worker), "43");
}

TEST_F(CallAttack, attack_cross_shard_replay) {
  const Domain other{world.genesis_hash(), registry::shard_id("counter", "other")};
  const auto call = sign_call(*stf::find("counter")->call_from_text("increment 1"), 1, world.height() + 64, other,
                              account(), world.random());
  submit(seal(call));
  expect_no_effect(Outcome::kBadSignature);
  submit(*seal_call(call, *shard().shielding_key, 1, other, account().account(), world.random()));
  expect_no_effect(Outcome::kNotOpened);
}

TEST_F(CallAttack, attack_cross_chain_replay) {
  auto other = domain();
  other.genesis_hash[0] ^= 1;
  const auto call = sign_call(*stf::find("counter")->call_from_text("increment 1"), 1, world.height() + 64, other,
                              account(), world.random());
  submit(seal(call));
  expect_no_effect(Outcome::kBadSignature);
  submit(*seal_call(call, *shard().shielding_key, 1, other, account().account(), world.random()));
  expect_no_effect(Outcome::kNotOpened);
}

TEST_F(CallAttack, attack_query_sealed_as_a_call) {
  submit(seal(question(AskNonce{})).sealed);
  expect_no_effect(Outcome::kNotOpened);
}

TEST_F(CallAttack, attack_call_of_another_epoch) {
  auto sealed = seal(signed_increment(1, 1));
  sealed.epoch = 2;
  submit(sealed);
  expect_no_effect(Outcome::kNotOpened);
}

TEST_F(CallAttack, attack_malformed_sealed_call) {
  const auto genuine = seal(signed_increment(1, 1));
  auto sealed = genuine;
  sealed.version = 9;
  submit(sealed);
  expect_no_effect(Outcome::kMalformed);
  sealed = genuine;
  sealed.ciphertext.value.clear();
  submit(sealed);
  expect_no_effect(Outcome::kNotOpened);
  sealed = genuine;
  sealed.ciphertext.value.resize(40);
  submit(sealed);
  expect_no_effect(Outcome::kNotOpened);
  sealed = genuine;
  sealed.ciphertext.value.assign(16 * 1024 - 41, 0xff);
  submit(sealed);
  expect_no_effect(Outcome::kNotOpened);
  sealed = genuine;
  sealed.enc = {};
  submit(sealed);
  expect_no_effect(Outcome::kNotOpened);
}

TEST_F(CallAttack, attack_oversized_sealed_call) {
  auto sealed = seal(signed_increment(1, 1));
  sealed.ciphertext.value.assign(16 * 1024, 1);
  submit(sealed);
  world.mine();
  EXPECT_EQ(registry_error(world), registry::Error::kSealedCallTooLarge);
}

TEST_F(CallAttack, call_that_the_function_does_not_understand) {
  submit(seal(sign_call({0xff}, 1, world.height() + 64, domain(), account(), world.random())));
  expect_no_effect(Outcome::kMalformedCall, "//Alice", 2);
}

TEST_F(CallAttack, attack_expired_call) {
  auto call = sign_call(*stf::find("counter")->call_from_text("increment 1"), 1, world.height(), domain(), account(),
                        world.random());
  submit(seal(call));
  expect_no_effect(Outcome::kExpired);
}

TEST_F(CallAttack, call_before_the_shard_has_a_key) {
  World fresh({test_measurement()}, 3);
  fresh.submit(fresh.sign(registry::encode_call(registry::CallWorker{fresh.shard(), {}}), "//Alice"));
  fresh.mine();
  EXPECT_EQ(registry_error(fresh), registry::Error::kNoKey);
}

TEST_F(CallAttack, bad_calls_do_not_harm_good_ones_in_the_same_block) {
  const auto nonce = world.nonce(account().account());
  const auto bob = seal(signed_increment(9, 0, "//Bob"), "//Bob");
  auto garbage = bob;
  garbage.ciphertext.value[3] ^= 1;
  world.submit(world.sign(registry::encode_call(registry::CallWorker{world.shard(), garbage}), "//Alice", nonce));
  world.submit(world.sign(registry::encode_call(registry::CallWorker{world.shard(), seal(signed_increment(1, 1))}),
                          "//Alice", nonce + 1));
  submit(bob, "//Bob");
  const auto block = settle();
  EXPECT_EQ(outcome(worker, block, 0), Outcome::kNotOpened);
  EXPECT_EQ(outcome(worker, block, 1), Outcome::kApplied);
  EXPECT_EQ(outcome(worker, block, 2, "//Bob"), Outcome::kApplied);
  EXPECT_EQ(counter(worker), "43");
}

}  // namespace
}  // namespace substratee::test
