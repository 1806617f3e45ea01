#include "core/protocol/fixture_test.hpp"

#include "core/crypto/aead.hpp"
#include "core/protocol/padding.hpp"

namespace substratee::protocol {
namespace {

using namespace test;

SignedQuery question(SeededRandom& random, Query query = AskNonce{}) {
  SignedQuery out;
  out.block_number = 9;
  out.block_hash = filled(0x33);
  out.mode = Mode::kLatest;
  out.query = std::move(query);
  return sign_query(std::move(out), domain(), alice(), random);
}

class SealedQueryTest : public testing::Test {
 protected:
  PendingQuery seal(Query query = AskNonce{}) {
    return *seal_query(question(random_, std::move(query)), shielding_key(keys_), 1, domain(), random_);
  }
  OpenedQuery open(const PendingQuery& pending) const {
    return *open_query(pending.sealed, keys_.shielding(), 1, domain());
  }
  Answer answer_to(const PendingQuery& pending) const {
    Answer out;
    out.mode = Mode::kLatest;
    out.block_number = 10;
    out.block_hash = filled(0x34);
    out.state_cid = filled<36>(0x66);
    out.value.value = {7, 0, 0, 0};
    out.query_hash = query_hash(pending.sealed);
    return sign(out);
  }
  Answer sign(Answer answer) const {
    answer.enclave = enclave_.public_key();
    answer.signature = enclave_.sign(answer_message(answer, domain()));
    return answer;
  }
  Bytes seal(const Answer& answer, const PendingQuery& pending) {
    return seal_answer(answer, pending.sealed.enc, open(pending).exporter, random_);
  }
  Error refused(ByteView sealed, const PendingQuery& pending) const {
    const auto opened = open_answer(sealed, pending, domain());
    EXPECT_FALSE(opened.has_value());
    return opened ? Error{} : opened.error();
  }

  SeededRandom random_;
  EpochKeys keys_ = keys();
  crypto::ed25519::KeyPair enclave_ = crypto::ed25519::KeyPair::from_seed(filled(0x99).bytes);
};

TEST_F(SealedQueryTest, opens_to_what_was_signed) {
  for (const Query& query : {Query{AskNonce{}}, Query{AskReceipt{5, 2}}, Query{AskState{{{1, 2, 3}}}}}) {
    SeededRandom random;
    const auto asked = question(random, query);
    const auto pending = *seal_query(asked, shielding_key(keys_), 1, domain(), random_);
    const auto opened = open_query(pending.sealed, keys_.shielding(), 1, domain());
    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ(opened->query, asked);
    EXPECT_TRUE(verify_query(opened->query, domain()));
  }
}

TEST_F(SealedQueryTest, of_another_shard_chain_epoch_or_key_does_not_open) {
  const auto pending = seal();
  const auto error = [&](const EpochKeys& with, registry::Epoch epoch, const Domain& in) {
    return open_query(pending.sealed, with.shielding(), epoch, in).error();
  };
  EXPECT_EQ(error(keys_, 1, {filled(0x11), filled(1)}), Error::kNotForUs);
  EXPECT_EQ(error(keys_, 1, {filled(0x12), shard()}), Error::kNotForUs);
  EXPECT_EQ(error(keys_, 2, domain()), Error::kWrongEpoch);
  EXPECT_EQ(error(keys(1, 9), 1, domain()), Error::kNotForUs);
}

TEST_F(SealedQueryTest, is_no_call_and_a_call_is_no_query) {
  const auto pending = seal();
  EXPECT_EQ(open_call(pending.sealed, keys_.shielding(), 1, domain(), alice().account()).error(), Error::kNotForUs);
  const auto call = *seal_call(sign_call({1}, 0, 9, domain(), alice(), random_), shielding_key(keys_), 1, domain(),
                               alice().account(), random_);
  EXPECT_EQ(open_query(call, keys_.shielding(), 1, domain()).error(), Error::kNotForUs);
}

TEST_F(SealedQueryTest, with_any_flipped_bit_or_truncated_does_not_open) {
  const auto sealed = seal().sealed;
  for (std::size_t bit = 0; bit < sealed.ciphertext.value.size() * 8; ++bit) {
    auto changed = sealed;
    changed.ciphertext.value[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    EXPECT_EQ(open_query(changed, keys_.shielding(), 1, domain()).error(), Error::kNotForUs);
  }
  for (std::size_t size = 0; size < sealed.ciphertext.value.size(); ++size) {
    auto changed = sealed;
    changed.ciphertext.value.resize(size);
    EXPECT_EQ(open_query(changed, keys_.shielding(), 1, domain()).error(), Error::kNotForUs);
  }
}

TEST_F(SealedQueryTest, signature_covers_every_field) {
  const auto asked = question(random_);
  const std::vector<void (*)(SignedQuery&)> changes = {
      [](auto& q) { q.account[0] ^= 1; },          [](auto& q) { ++q.block_number; },
      [](auto& q) { q.block_hash[0] ^= 1; },       [](auto& q) { q.mode = Mode::kAgreed; },
      [](auto& q) { q.query = AskReceipt{0, 0}; },
  };
  for (const auto change : changes) {
    auto changed = asked;
    change(changed);
    EXPECT_FALSE(verify_query(changed, domain()));
  }
  EXPECT_FALSE(verify_query(asked, {filled(0x12), shard()}));
  EXPECT_FALSE(verify_query(asked, {filled(0x11), filled(1)}));
}

TEST_F(SealedQueryTest, wallets_may_wrap_what_they_sign) {
  auto asked = question(random_);
  const auto wrapped = concat(as_bytes("<Bytes>"), query_message(asked, domain()), as_bytes("</Bytes>"));
  asked.signature = alice().sign(wrapped, random_);
  EXPECT_TRUE(verify_query(asked, domain()));
}

TEST_F(SealedQueryTest, answer_opens_for_the_asker) {
  const auto pending = seal();
  const auto answer = answer_to(pending);
  const auto opened = open_answer(seal(answer, pending), pending, domain());
  ASSERT_TRUE(opened.has_value());
  EXPECT_EQ(*opened, answer);
}

TEST_F(SealedQueryTest, answer_to_another_query_is_told_apart) {
  const auto mine = seal();
  const auto other = seal(AskReceipt{1, 0});
  EXPECT_EQ(refused(seal(answer_to(other), other), mine), Error::kNotForUs) << "sealed for another";
  EXPECT_EQ(refused(seal(answer_to(other), mine), mine), Error::kMismatch) << "sealed for us, of another question";
}

TEST_F(SealedQueryTest, answer_signature_covers_every_field) {
  const auto pending = seal();
  const std::vector<void (*)(Answer&)> changes = {
      [](auto& a) { a.mode = Mode::kAgreed; },
      [](auto& a) { ++a.block_number; },
      [](auto& a) { a.block_hash[0] ^= 1; },
      [](auto& a) { a.state_cid[0] ^= 1; },
      [](auto& a) { a.status = AnswerStatus::kNotHere; },
      [](auto& a) { a.value.value[0] ^= 1; },
      [](auto& a) { a.enclave[0] ^= 1; },
      [](auto& a) { a.signature[0] ^= 1; },
  };
  for (const auto change : changes) {
    auto forged = answer_to(pending);
    change(forged);
    EXPECT_EQ(refused(seal(forged, pending), pending), Error::kBadSignature);
  }
}

TEST_F(SealedQueryTest, answer_of_another_chain_or_shard_is_refused) {
  const auto pending = seal();
  const auto sealed = seal(answer_to(pending), pending);
  EXPECT_EQ(open_answer(sealed, pending, {filled(0x12), shard()}).error(), Error::kBadSignature);
  EXPECT_EQ(open_answer(sealed, pending, {filled(0x11), filled(1)}).error(), Error::kBadSignature);
}

TEST_F(SealedQueryTest, answer_with_any_flipped_bit_or_truncated_is_refused) {
  const auto pending = seal();
  const auto sealed = seal(answer_to(pending), pending);
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    auto changed = sealed;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    EXPECT_EQ(refused(changed, pending), bit < 8 ? Error::kMalformed : Error::kNotForUs) << bit;
  }
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_EQ(refused(ByteView(sealed).first(size), pending), size < 33 ? Error::kMalformed : Error::kNotForUs);
  }
}

TEST_F(SealedQueryTest, two_answers_to_one_query_share_no_key) {
  const auto pending = seal();
  const auto first = seal(answer_to(pending), pending);
  const auto second = seal(answer_to(pending), pending);
  EXPECT_NE(Bytes(first.begin() + 1, first.begin() + 33), Bytes(second.begin() + 1, second.begin() + 33));
  // With a reused key and nonce, equal plaintexts would have equal ciphertexts.
  EXPECT_NE(Bytes(first.begin() + 33, first.end()), Bytes(second.begin() + 33, second.end()));
}

TEST_F(SealedQueryTest, is_revealed_by_its_asker_and_as_nothing_else) {
  const auto pending = seal();
  const auto reveal = [&](const SealedQuery& sealed, std::span<const std::uint8_t, 32> ephemeral,
                          const registry::ShieldingKey& key, const Domain& where,
                          registry::Epoch epoch = 1) { return reveal_query(sealed, ephemeral, key, epoch, where); };
  const auto key = shielding_key(keys_);
  const auto shown = reveal(pending.sealed, pending.ephemeral.view(), key, domain());
  ASSERT_TRUE(shown);
  EXPECT_EQ(*shown, open(pending).query);
  EXPECT_TRUE(verify_query(*shown, domain()));

  const auto other = seal();
  EXPECT_EQ(reveal(pending.sealed, other.ephemeral.view(), key, domain()).error(), Error::kNotForUs);
  EXPECT_EQ(reveal(pending.sealed, pending.ephemeral.view(), filled(9), domain()).error(), Error::kNotForUs);
  EXPECT_EQ(reveal(pending.sealed, pending.ephemeral.view(), key, {filled(1), shard()}).error(), Error::kNotForUs);
  EXPECT_EQ(reveal(pending.sealed, pending.ephemeral.view(), key, domain(), 2).error(), Error::kWrongEpoch);
  auto changed = pending.sealed;
  changed.ciphertext.value[3] ^= 1;
  EXPECT_EQ(reveal(changed, pending.ephemeral.view(), key, domain()).error(), Error::kNotForUs);
  changed = pending.sealed;
  changed.version = 2;
  EXPECT_EQ(reveal(changed, pending.ephemeral.view(), key, domain()).error(), Error::kMalformed);
}

}  // namespace
}  // namespace substratee::protocol
