#include "core/proof/fixture_test.hpp"

#include <gtest/gtest.h>

namespace substratee::proof {
namespace {

using test::Chain;
using test::filled;

std::optional<Error> refusal(const ReceiptFile& file, const Trust& trust) {
  const auto verified = verify_receipt(file, trust);
  return verified ? std::nullopt : std::optional(verified.error());
}
std::optional<Error> refusal(const AnswerFile& file, const Trust& trust) {
  const auto verified = verify_answer(file, trust);
  return verified ? std::nullopt : std::optional(verified.error());
}

/// A chain that somebody makes for the purpose: everything in it holds, but for its authority.
Chain own_chain() {
  Chain chain;
  chain.authority = test::key_of(0x66);
  chain.genesis_state[test::key::engine()] =
      scale::encode(registry::Engine{registry::DevEngine{{chain.authority.public_key().bytes}, filled(5)}});
  chain.genesis.state_root = trie::root(chain.genesis_state, trie::Layout::kV1);
  chain.announce();
  return chain;
}

TEST(ProofAttack, attack_proof_from_a_chain_made_for_the_purpose) {
  Chain genuine;
  ASSERT_EQ(refusal(genuine.receipt_file(), genuine.trust()), std::nullopt);
  auto own = own_chain();
  ASSERT_EQ(refusal(own.receipt_file(), own.trust()), std::nullopt) << "good under its own genesis";
  EXPECT_EQ(refusal(own.receipt_file(), genuine.trust()), Error::kWrongGenesis);
  EXPECT_EQ(refusal(own.answer_file(), genuine.trust()), Error::kWrongGenesis);
  // With the genuine genesis in front.
  auto receipt = own.receipt_file();
  receipt.chain = genuine.chain_proof();
  EXPECT_EQ(refusal(receipt, genuine.trust()), Error::kNotFinal);
  auto answer = own.answer_file();
  answer.chain = genuine.chain_proof();
  EXPECT_EQ(refusal(answer, genuine.trust()), Error::kNotFinal);
}

TEST(ProofAttack, attack_receipt_that_nobody_agreed_on) {
  Chain chain;
  ASSERT_EQ(refusal(chain.receipt_file(), chain.trust()), std::nullopt);
  auto file = chain.receipt_file();
  file.receipt.leaf.receipt.outcome = protocol::Outcome::kRefused;
  EXPECT_EQ(refusal(file, chain.trust()), Error::kNotAgreed);
  // A tree of its own, in which the false receipt does stand.
  const auto leaf = scale::encode(file.receipt.leaf);
  file.receipt.leaf_count = 2;
  file.receipt.path = protocol::merkle_path(std::vector<Bytes>{leaf, leaf}, 1);
  EXPECT_EQ(refusal(file, chain.trust()), Error::kNotAgreed);
}

TEST(ProofAttack, attack_answer_of_an_enclave_that_is_none) {
  Chain chain;
  ASSERT_EQ(refusal(chain.answer_file(), chain.trust()), std::nullopt);
  chain.unregister(0);
  chain.announce();
  EXPECT_EQ(refusal(chain.answer_file(), chain.trust()), Error::kNotRegistered);
}

TEST(ProofAttack, attack_answer_passed_off_as_that_to_another_question) {
  Chain chain;
  const auto good = chain.answer_file();
  ASSERT_EQ(refusal(good, chain.trust()), std::nullopt);
  const auto other = chain.answer_file();
  auto file = good;
  file.query = other.query;
  file.ephemeral = other.ephemeral;
  EXPECT_EQ(refusal(file, chain.trust()), Error::kOtherQuery);
  file = good;
  file.ephemeral = other.ephemeral;
  EXPECT_EQ(refusal(file, chain.trust()), Error::kNotRevealed);
  file = good;
  file.answer.value.value = scale::encode(std::uint64_t{1'000'000});
  EXPECT_EQ(refusal(file, chain.trust()), Error::kBadSignature);
}

}  // namespace
}  // namespace substratee::proof
