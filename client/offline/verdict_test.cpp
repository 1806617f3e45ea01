#include "client/offline/verdict.hpp"

#include "core/proof/fixture_test.hpp"
#include "tests/support/vectors.hpp"

#include <gtest/gtest.h>

namespace substratee::client::offline {
namespace {

using proof::test::Chain;
namespace json = boost::json;

struct Vectors {
  json::object all = substratee::test::load_json("protocol/proofs.json").as_object();
  proof::Trust trust{*Hash256::from(substratee::test::hex(all.at("genesis_hash"))), {}};
  [[nodiscard]] Bytes file(std::string_view kind) const { return substratee::test::hex(all.at(kind).at("file")); }
};

TEST(verdict, says_in_words_what_a_receipt_proves) {
  Vectors vectors;
  const auto verdict = verify_receipt(vectors.file("receipt"), vectors.trust);
  ASSERT_TRUE(verdict);
  for (const auto* part : {"outcome: applied", "number 1 of the calls for shard counter/default in block 7",
                           "2 of 2 Active workers", "2026-01-02T03:04:05Z", "SIMULATED - NOT SECURE", "WARNING"}) {
    EXPECT_NE(verdict->people.find(part), std::string::npos) << part << " in\n" << verdict->people;
  }
  const auto& machine = verdict->machine;
  const auto& expected = vectors.all.at("receipt");
  for (const auto* key : {"shard", "call_hash", "outcome", "charter_hash"}) {
    EXPECT_EQ(machine.at(key), expected.at(key)) << key;
  }
  EXPECT_EQ(machine.at("holds"), true);
  EXPECT_EQ(machine.at("hardware"), false);
  EXPECT_EQ(machine.at("confirmed_by").at(1).at("measurement"), expected.at("confirmed_by").at(1).at("measurement"));
}

TEST(verdict, says_in_words_what_an_answer_proves) {
  Vectors vectors;
  const auto verdict = verify_answer(vectors.file("answer"), vectors.trust);
  ASSERT_TRUE(verdict);
  for (const auto* part : {"is: 84 (answered)", "asked 0x00 about its state", "had agreed on", "Active in the shard",
                           "SIMULATED - NOT SECURE"}) {
    EXPECT_NE(verdict->people.find(part), std::string::npos) << part << " in\n" << verdict->people;
  }
  EXPECT_EQ(verdict->machine.at("value"), "84");
  EXPECT_EQ(verdict->machine.at("asked").at("kind"), "state");
}

TEST(verdict, shows_every_kind_of_question_or_none) {
  Chain chain;
  auto file = chain.answer_file();
  file.ephemeral.reset();
  const auto hidden = verify_answer(proof::encode_file(file), chain.trust());
  ASSERT_TRUE(hidden);
  EXPECT_TRUE(hidden->machine.at("asked").is_null());
  EXPECT_EQ(hidden->machine.at("value"), "0x5400000000000000") << "no words for an answer to an unknown question";
  for (const protocol::Query& query :
       {protocol::Query(protocol::AskNonce{}), protocol::Query(protocol::AskReceipt{7, 1})}) {
    auto question = chain.question();
    question.query = query;
    question = protocol::sign_query(question, chain.domain(), chain.alice, chain.random);
    const auto pending = *protocol::seal_query(question, chain.shielding_key(), 1, chain.domain(), chain.random);
    file.query = pending.sealed;
    file.ephemeral = FixedBytes<32>::from(pending.ephemeral.view());
    file.answer.value.value = scale::encode(primitives::Nonce{3});
    file.answer.query_hash = protocol::query_hash(pending.sealed);
    file.answer = chain.sign(file.answer);
    const auto verdict = verify_answer(proof::encode_file(file), chain.trust());
    ASSERT_TRUE(verdict);
    const bool is_nonce = std::holds_alternative<protocol::AskNonce>(query);
    EXPECT_EQ(verdict->machine.at("asked").at("kind"), is_nonce ? "nonce" : "receipt");
    EXPECT_EQ(verdict->machine.at("value"), is_nonce ? "3" : "0x03000000");
  }
}

TEST(verdict, shows_hardware_without_warning) {
  Chain chain;
  for (std::size_t i = 0; i < 2; ++i) {
    auto enclave = *scale::decode<registry::Enclave>(chain.content[proof::test::key::enclave(i + 1)]);
    enclave.kind = attestation::Kind::kSgxDcap;
    enclave.hardware = true;
    enclave.tcb_status = attestation::TcbStatus::kUpToDate;
    chain.put(proof::test::key::enclave(i + 1), enclave);
  }
  chain.announce();
  const auto verdict = verify_receipt(proof::encode_file(chain.receipt_file()), chain.trust());
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->machine.at("hardware"), true);
  EXPECT_EQ(verdict->people.find("SIMULATED"), std::string::npos);
  EXPECT_EQ(verdict->people.find("WARNING"), std::string::npos);
}

TEST(verdict, refuses_the_refused_vectors_for_their_reasons) {
  Vectors vectors;
  for (const auto& one : vectors.all.at("receipt").at("refused").as_array()) {
    const auto verdict = verify_receipt(substratee::test::hex(one.at("file")), vectors.trust);
    ASSERT_FALSE(verdict);
    EXPECT_EQ(proof::to_word(verdict.error()), std::string_view(one.at("reason").as_string()));
  }
  for (const auto& one : vectors.all.at("answer").at("refused").as_array()) {
    const auto verdict = verify_answer(substratee::test::hex(one.at("file")), vectors.trust);
    ASSERT_FALSE(verdict);
    EXPECT_EQ(proof::to_word(verdict.error()), std::string_view(one.at("reason").as_string()));
  }
  EXPECT_EQ(verify_answer(vectors.file("receipt"), vectors.trust).error(), proof::Error::kOtherKind);
  EXPECT_EQ(verify_receipt(Bytes{1, 2}, vectors.trust).error(), proof::Error::kNotAProof);
}

}  // namespace
}  // namespace substratee::client::offline
