#include "core/proof/verify.hpp"

#include "core/proof/fixture_test.hpp"

#include <gtest/gtest.h>

namespace substratee::proof {
namespace {

using protocol::Mode;
using registry::MemberStatus;
using test::Chain;
using test::filled;

void expect_refused(Error error, const ReceiptFile& file, const Trust& trust) {
  const auto verified = verify_receipt(file, trust);
  ASSERT_FALSE(verified.has_value());
  EXPECT_EQ(verified.error(), error) << to_word(verified.error()) << " instead of " << to_word(error);
}
void expect_refused(Error error, const AnswerFile& file, const Trust& trust) {
  const auto verified = verify_answer(file, trust);
  ASSERT_FALSE(verified.has_value());
  EXPECT_EQ(verified.error(), error) << to_word(verified.error()) << " instead of " << to_word(error);
}

// --- receipts ---

TEST(receipt_file, proves_who_agreed_on_what) {
  Chain chain;
  const auto verified = verify_receipt(chain.receipt_file(), chain.trust());
  ASSERT_TRUE(verified) << to_word(verified.error());
  EXPECT_EQ(verified->receipt, chain.leaves[1].receipt);
  const auto& agreement = verified->agreement;
  EXPECT_EQ(agreement.announced_in, Chain::kAnnounced);
  EXPECT_EQ(agreement.agreement.agreed, chain.agreed());
  EXPECT_EQ(agreement.agreement.active, 2u);
  EXPECT_EQ(agreement.facts.shard.name.value, "default");
  EXPECT_EQ(agreement.facts.time, 1'767'323'045'000u);
  ASSERT_EQ(agreement.confirmed_by.size(), 2u);
  EXPECT_EQ(agreement.confirmed_by[1].index, 2u);
  EXPECT_EQ(agreement.confirmed_by[1].enclave.account, chain.account(1));
  EXPECT_FALSE(agreement.confirmed_by[1].enclave.hardware);
}

TEST(receipt_file, holds_for_every_call_of_the_block) {
  Chain chain;
  for (std::size_t i = 0; i < chain.leaves.size(); ++i) {
    auto file = chain.receipt_file();
    file.receipt = chain.receipt(i);
    EXPECT_TRUE(verify_receipt(file, chain.trust()));
  }
}

TEST(receipt_file, is_refused_for_another_chain) {
  Chain chain;
  expect_refused(Error::kWrongGenesis, chain.receipt_file(), {filled(1), {}});
  auto file = chain.receipt_file();
  file.chain.genesis_header.pop_back();
  expect_refused(Error::kBadGenesis, file, chain.trust());
  file = chain.receipt_file();
  file.chain.genesis_header = file.agreement.announced_in.header;
  expect_refused(Error::kWrongGenesis, file, chain.trust());
}

TEST(receipt_file, is_refused_without_the_engines_proof) {
  Chain chain;
  auto file = chain.receipt_file();
  file.chain.engine.value.clear();
  expect_refused(Error::kNoEngine, file, chain.trust());
  chain.genesis_state[test::key::engine()] = {9};
  chain.genesis.state_root = trie::root(chain.genesis_state, trie::Layout::kV1);
  expect_refused(Error::kUnknownEngine, chain.receipt_file(), chain.trust());
}

TEST(receipt_file, is_refused_with_a_header_that_the_authority_did_not_seal) {
  Chain chain;
  auto file = chain.receipt_file();
  file.agreement.announced_in.header.back() ^= 1;
  expect_refused(Error::kNotFinal, file, chain.trust());
  file = chain.receipt_file();
  file.agreement.announced_in.header.pop_back();
  expect_refused(Error::kBadHeader, file, chain.trust());
  file = chain.receipt_file();
  file.agreement.announced_in.justification = {1};
  expect_refused(Error::kNotFinal, file, chain.trust());
  // Sealed by somebody else.
  const auto good = chain.authority.public_key();
  chain.authority = test::key_of(0x0b);
  ASSERT_NE(good, chain.authority.public_key());
  chain.announce();
  expect_refused(Error::kNotFinal, chain.receipt_file(), chain.trust());
}

TEST(receipt_file, is_refused_when_the_journal_does_not_hold_the_agreement) {
  Chain chain;
  auto file = chain.receipt_file();
  file.agreement.journal.value.back().back() ^= 1;
  expect_refused(Error::kNotInJournal, file, chain.trust());
  file = chain.receipt_file();
  file.agreement.entry = 3;
  expect_refused(Error::kNotInJournal, file, chain.trust());
  file = chain.receipt_file();
  file.agreement.entry = 0;
  file.agreement.journal.value = registry::journal_path(chain.journal, 0);
  expect_refused(Error::kNoAgreement, file, chain.trust());
  chain.journal.clear();
  chain.announce_journal();
  file.agreement.announced_in.header = scale::encode(chain.announced);
  expect_refused(Error::kNoJournal, file, chain.trust());
}

TEST(receipt_file, is_refused_when_nobody_or_one_twice_confirmed) {
  Chain chain;
  for (const auto& accounts : {std::vector<primitives::AccountId>{}, {chain.account(0), chain.account(0)}}) {
    std::get<registry::StateAgreed>(chain.journal[1]).confirmed_by.value = accounts;
    chain.announce_journal();
    expect_refused(Error::kNobodyConfirmed, chain.receipt_file(), chain.trust());
  }
}

TEST(receipt_file, is_refused_when_the_receipt_is_not_what_was_agreed_on) {
  Chain chain;
  const auto refuse = [&](Error error, auto change) {
    auto file = chain.receipt_file();
    change(file.receipt);
    expect_refused(error, file, chain.trust());
  };
  refuse(Error::kNotAgreed, [](auto& receipt) { receipt.leaf.receipt.outcome = protocol::Outcome::kRefused; });
  refuse(Error::kNotAgreed, [](auto& receipt) { receipt.leaf.receipt.call_hash[0] ^= 1; });
  refuse(Error::kNotAgreed, [](auto& receipt) { receipt.leaf.receipt.account[0] ^= 1; });
  refuse(Error::kNotAgreed, [](auto& receipt) { receipt.leaf.receipt.index = 0; });
  refuse(Error::kNotAgreed, [](auto& receipt) { receipt.leaf.blind[0] ^= 1; });
  refuse(Error::kNotAgreed, [](auto& receipt) { receipt.path.pop_back(); });
  refuse(Error::kNotAgreed, [](auto& receipt) { receipt.leaf_count = 1; });
  refuse(Error::kOtherBlock, [](auto& receipt) { receipt.leaf.receipt.block_number += 1; });
  refuse(Error::kOtherBlock, [](auto& receipt) { receipt.leaf.receipt.block_hash[0] ^= 1; });
  refuse(Error::kOtherShard, [](auto& receipt) { receipt.leaf.receipt.shard[0] ^= 1; });
}

TEST(receipt_file, is_refused_without_the_registrations_by_proof) {
  Chain chain;
  auto file = chain.receipt_file();
  file.agreement.announced_in.nodes.value.clear();
  expect_refused(Error::kStateNotProved, file, chain.trust());
  // Only the shard is proved.
  file.agreement.announced_in.nodes.value =
      *chain.read({test::key::shard(chain.shard_id), test::key::timestamp_now()}, chain.announced.hash());
  expect_refused(Error::kStateNotProved, file, chain.trust());
  file.agreement.announced_in.nodes.value.assign(kMaxNodes, Bytes(2000));
  expect_refused(Error::kStateNotProved, file, chain.trust());
}

TEST(receipt_file, takes_those_who_left_in_the_block_from_the_one_before) {
  Chain chain;
  chain.unregister(1);
  chain.announce();
  const auto file = chain.receipt_file();
  ASSERT_TRUE(file.agreement.before);
  const auto verified = verify_receipt(file, chain.trust());
  ASSERT_TRUE(verified) << to_word(verified.error());
  EXPECT_EQ(verified->agreement.confirmed_by[1].enclave.account, chain.account(1));

  auto bad = file;
  bad.agreement.before.reset();
  expect_refused(Error::kNotRegistered, bad, chain.trust());
  bad = file;
  bad.agreement.before->header = bad.agreement.announced_in.header;
  expect_refused(Error::kNotParent, bad, chain.trust());
  bad = file;
  bad.agreement.before->header.back() ^= 1;
  expect_refused(Error::kNotFinal, bad, chain.trust());
  bad = file;
  bad.agreement.before->nodes.value.clear();
  expect_refused(Error::kStateNotProved, bad, chain.trust());
}

TEST(receipt_file, is_refused_when_a_confirming_enclave_was_never_registered) {
  Chain chain;
  std::get<registry::StateAgreed>(chain.journal[1]).confirmed_by.value[1] = filled(0x99);
  chain.announce_journal();
  const auto agreement = chain.agreement();
  ASSERT_TRUE(agreement);
  expect_refused(Error::kNotRegistered, {chain.chain_proof(), *agreement, chain.receipt()}, chain.trust());
}

TEST(receipt_file, pins_the_charter) {
  Chain chain;
  auto trust = chain.trust();
  trust.charter = verify_receipt(chain.receipt_file(), trust)->agreement.facts.charter_hash;
  EXPECT_TRUE(verify_receipt(chain.receipt_file(), trust));
  trust.charter->bytes[0] ^= 1;
  expect_refused(Error::kWrongCharter, chain.receipt_file(), trust);
}

TEST(receipt_file, is_refused_when_the_chain_has_no_such_shard) {
  Chain chain;
  chain.content.erase(test::key::shard(chain.shard_id));
  chain.announce();
  expect_refused(Error::kNoShard, chain.receipt_file(), chain.trust());
}

TEST(receipt_file, no_changed_byte_is_accepted_with_another_meaning) {
  Chain chain;
  const auto good = encode_file(chain.receipt_file());
  const auto meaning = *verify_receipt(chain.receipt_file(), chain.trust());
  for (std::size_t i = 0; i < good.size(); i += 3) {
    auto bytes = good;
    bytes[i] ^= 0x10;
    const auto file = decode_file_of<ReceiptFile>(bytes);
    if (!file) continue;
    const auto verified = verify_receipt(*file, chain.trust());
    // A node that nothing needs may change; what is proved may not.
    if (verified) EXPECT_EQ(verified->receipt, meaning.receipt) << i;
  }
}

// --- answers ---

TEST(answer_file, proves_what_an_enclave_answered_to_what) {
  Chain chain;
  for (const auto mode : {Mode::kAgreed, Mode::kLatest}) {
    const auto verified = verify_answer(chain.answer_file(mode), chain.trust());
    ASSERT_TRUE(verified) << to_word(verified.error());
    EXPECT_EQ(verified->answer.value.value, scale::encode(std::uint64_t{84}));
    EXPECT_EQ(verified->enclave.enclave.account, chain.account(0));
    EXPECT_EQ(verified->status, MemberStatus::kActive);
    ASSERT_TRUE(verified->query);
    EXPECT_EQ(verified->query->account, chain.alice.account());
  }
}

TEST(answer_file, need_not_show_the_question) {
  Chain chain;
  auto file = chain.answer_file();
  file.ephemeral.reset();
  const auto verified = verify_answer(file, chain.trust());
  ASSERT_TRUE(verified);
  EXPECT_FALSE(verified->query);
}

TEST(answer_file, is_refused_when_the_question_shown_is_not_the_one_asked) {
  Chain chain;
  auto file = chain.answer_file();
  file.ephemeral->bytes[4] ^= 1;
  expect_refused(Error::kNotRevealed, file, chain.trust());
  // A question that its account did not sign, and one of another mode.
  for (const bool is_signed : {false, true}) {
    file = chain.answer_file(Mode::kLatest);
    auto question = chain.question(is_signed ? Mode::kAgreed : Mode::kLatest);
    if (!is_signed) question.block_number += 1;
    const auto pending = *protocol::seal_query(question, chain.shielding_key(), 1, chain.domain(), chain.random);
    file.query = pending.sealed;
    file.ephemeral = FixedBytes<32>::from(pending.ephemeral.view());
    file.answer.query_hash = protocol::query_hash(pending.sealed);
    file.answer = chain.sign(file.answer);
    expect_refused(Error::kNotRevealed, file, chain.trust());
  }
}

TEST(answer_file, is_refused_when_anything_differs) {
  Chain chain;
  const auto refuse = [&](Error error, auto change) {
    auto file = chain.answer_file();
    change(file);
    expect_refused(error, file, chain.trust());
  };
  refuse(Error::kBadSignature, [](auto& file) { file.answer.value.value[0] ^= 1; });
  refuse(Error::kBadSignature, [](auto& file) { file.answer.signature[0] ^= 1; });
  refuse(Error::kBadSignature, [&](auto& file) {
    file.answer.enclave = chain.account(1);
    file.answered_at.nodes.value =
        *chain.read(answer_keys(chain.shard_id, chain.account(1), 2), chain.announced.hash());
  });
  refuse(Error::kOtherQuery, [](auto& file) { file.query.ciphertext.value[0] ^= 1; });
  refuse(Error::kOtherBlock, [](auto& file) { file.answer.block_number += 1; });
  refuse(Error::kOtherBlock, [&](auto& file) { file.answered_at.header = scale::encode(chain.before); });
  refuse(Error::kNotFinal, [](auto& file) { file.answered_at.header.back() ^= 1; });
  refuse(Error::kBadHeader, [](auto& file) { file.answered_at.header.clear(); });
  refuse(Error::kStateNotProved, [](auto& file) { file.answered_at.nodes.value.clear(); });
  refuse(Error::kNoShard, [](auto& file) { file.shard[0] ^= 1; });
  refuse(Error::kStateNotProved, [&](auto& file) {
    file.answered_at.nodes.value = *chain.read({test::key::shard(chain.shard_id), test::key::timestamp_now(),
                                                test::key::enclave_index(chain.account(0)), test::key::enclave(1)},
                                               chain.announced.hash());
  });
  refuse(Error::kOtherState, [&](auto& file) {
    file.answer.state_cid[0] ^= 1;
    file.answer = chain.sign(file.answer);
  });
  expect_refused(Error::kWrongGenesis, chain.answer_file(), {filled(1), {}});
  expect_refused(Error::kWrongCharter, chain.answer_file(), {chain.genesis_hash(), filled(1)});
}

TEST(answer_file, counts_only_from_a_registered_member_that_may_answer) {
  const auto verified = [](MemberStatus status, Mode mode) {
    Chain chain;
    chain.register_enclave(0, status);
    chain.announce();
    const auto result = verify_answer(chain.answer_file(mode), chain.trust());
    return result ? std::optional<Error>{} : std::optional(result.error());
  };
  EXPECT_EQ(verified(MemberStatus::kActive, Mode::kLatest), std::nullopt);
  EXPECT_EQ(verified(MemberStatus::kSilent, Mode::kAgreed), std::nullopt);
  EXPECT_EQ(verified(MemberStatus::kSilent, Mode::kLatest), Error::kNotAMember);
  for (const auto status : {MemberStatus::kJoining, MemberStatus::kQuarantined, MemberStatus::kExpired}) {
    EXPECT_EQ(verified(status, Mode::kAgreed), Error::kNotAMember);
  }
  Chain chain;
  chain.unregister(0);
  chain.announce();
  expect_refused(Error::kNotRegistered, chain.answer_file(), chain.trust());
  chain.register_enclave(0);
  chain.content.erase(test::key::member(chain.shard_id, chain.account(0)));
  chain.announce();
  expect_refused(Error::kNotAMember, chain.answer_file(), chain.trust());
}

TEST(answer_file, of_mode_agreed_needs_an_agreed_state) {
  Chain chain;
  chain.set_shard(false);
  chain.announce();
  expect_refused(Error::kOtherState, chain.answer_file(), chain.trust());
  EXPECT_TRUE(verify_answer(chain.answer_file(Mode::kLatest), chain.trust()));
}

}  // namespace
}  // namespace substratee::proof
