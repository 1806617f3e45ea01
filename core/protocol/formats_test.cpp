#include "core/protocol/fixture_test.hpp"

#include "core/protocol/enclave_messages.hpp"
#include "core/registry/journal.hpp"
#include "tests/support/vectors.hpp"

/// The formats on the wire, byte by byte, against tests/vectors/protocol/formats.json (made by generate.py beside it,
/// which shares no code with the product).

namespace substratee::protocol {
namespace {

using namespace test;
using substratee::test::hex;

class Formats : public testing::Test {
 protected:
  Bytes at(std::string_view name) const { return hex(vectors_.as_object().at(name)); }
  template <std::size_t N = 32>
  FixedBytes<N> fixed(std::string_view name) const {
    return FixedBytes<N>::from(at(name)).value();
  }
  std::uint32_t number(std::string_view name) const { return vectors_.as_object().at(name).to_number<std::uint32_t>(); }
  Domain domain() const { return {fixed("genesis"), fixed("shard")}; }
  EpochKeys keys() const { return {number("epoch"), *crypto::Secret<32>::from(at("epoch_secret")), fixed("shard")}; }
  SignedCall call() const {
    SeededRandom random;
    const auto key = primitives::AccountKey::from_ed25519_seed(fixed("signer_seed").bytes);
    return sign_call(at("call"), number("nonce"), number("valid_until_block"), domain(), key, random);
  }
  SignedQuery query() const {
    SeededRandom random;
    SignedQuery out;
    out.block_number = number("block_number");
    out.block_hash = fixed("block_hash");
    out.mode = Mode::kAgreed;
    out.query = AskReceipt{number("block_number"), 0};
    return sign_query(out, domain(), primitives::AccountKey::from_ed25519_seed(fixed("signer_seed").bytes), random);
  }
  PendingQuery pending() const {
    GivenRandom ephemeral(at("ephemeral_secret"));
    return *seal_query(query(), fixed("shielding_key"), number("epoch"), domain(), ephemeral);
  }
  ReceiptLeaf leaf(std::uint32_t index, Outcome outcome) const {
    return make_leaf({fixed("shard"), number("block_number"), fixed("block_hash"), index, fixed("call_hash"),
                      fixed("account"), outcome},
                     keys().blind_key().view());
  }

  boost::json::value vectors_ = substratee::test::load_json("protocol/formats.json");
};

TEST_F(Formats, shard_id) { EXPECT_EQ(registry::shard_id("counter", "default"), fixed("shard")); }

TEST_F(Formats, keys_of_an_epoch) {
  const auto derived = keys();
  EXPECT_EQ(to_bytes(derived.secret().view()), at("epoch_secret"));
  EXPECT_EQ(to_bytes(derived.state_key().view()), at("state_key"));
  EXPECT_EQ(derived.shielding().public_key(), fixed("shielding_key"));
  EXPECT_EQ(to_bytes(derived.blind_key().view()), at("blind_key"));
  EXPECT_EQ(to_bytes(derived.receipt_key().view()), at("receipt_key"));
}

TEST_F(Formats, keys_differ_by_shard_and_secret) {
  const EpochKeys other_shard(1, *crypto::Secret<32>::from(at("epoch_secret")), filled(1));
  EXPECT_NE(to_bytes(other_shard.state_key().view()), at("state_key"));
  EXPECT_NE(other_shard.shielding().public_key(), fixed("shielding_key"));
}

TEST_F(Formats, signed_call) {
  EXPECT_EQ(call().account, fixed("account"));
  EXPECT_EQ(call_message(call(), domain()), at("call_message"));
  EXPECT_EQ(scale::encode(call()), at("signed_call"));
}

TEST_F(Formats, sealed_call) {
  GivenRandom ephemeral(at("ephemeral_secret"));
  const auto sealed = seal_call(call(), fixed("shielding_key"), number("epoch"), domain(), fixed("account"), ephemeral);
  ASSERT_TRUE(sealed.has_value());
  EXPECT_EQ(scale::encode(*sealed), at("sealed_call"));
  EXPECT_EQ(registry::call_hash(*sealed), fixed("call_hash"));
  const auto read = *scale::decode<registry::SealedCall>(at("sealed_call"));
  EXPECT_EQ(open_call(read, keys().shielding(), number("epoch"), domain(), fixed("account")), call());
}

TEST_F(Formats, sealed_query) {
  EXPECT_EQ(query_message(query(), domain()), at("query_message"));
  EXPECT_EQ(scale::encode(query()), at("signed_query"));
  EXPECT_EQ(scale::encode(pending().sealed), at("sealed_query"));
}

TEST_F(Formats, sealed_answer) {
  const auto enclave = crypto::ed25519::KeyPair::from_seed(fixed("signer_seed").bytes);
  Answer answer;
  answer.mode = Mode::kAgreed;
  answer.block_number = number("block_number");
  answer.block_hash = fixed("block_hash");
  answer.state_cid = fixed<36>("state_cid");
  answer.value.value = at("value");
  answer.query_hash = query_hash(pending().sealed);
  answer.enclave = enclave.public_key();
  EXPECT_EQ(answer_message(answer, domain()), at("answer_message"));
  answer.signature = enclave.sign(answer_message(answer, domain()));
  GivenRandom nonce(at("response_nonce"));
  const auto opened = open_query(pending().sealed, keys().shielding(), number("epoch"), domain());
  ASSERT_TRUE(opened.has_value());
  EXPECT_EQ(seal_answer(answer, pending().sealed.enc, opened->exporter, nonce), at("sealed_answer"));
  EXPECT_EQ(open_answer(at("sealed_answer"), pending(), domain()), answer);
}

TEST_F(Formats, receipts) {
  EXPECT_EQ(scale::encode(leaf(0, Outcome::kApplied)), at("first_leaf"));
  const std::vector<Bytes> leaves{scale::encode(leaf(0, Outcome::kApplied)),
                                  scale::encode(leaf(1, Outcome::kWrongNonce)),
                                  scale::encode(leaf(2, Outcome::kRefused))};
  EXPECT_EQ(merkle_root(leaves), fixed("receipts_root"));
}

TEST_F(Formats, journal) {
  const registry::Journal journal{registry::CallForwarded{fixed("shard"), fixed("account"),
                                                          *scale::decode<registry::SealedCall>(at("sealed_call"))}};
  EXPECT_EQ(registry::journal_root(journal), fixed("journal_root"));
  const auto item = std::get<primitives::DigestConsensus>(registry::journal_digest(journal));
  EXPECT_EQ(as_text(item.engine), "STEE");
  EXPECT_EQ(item.data, concat(Bytes{1}, fixed("journal_root")));
}

TEST_F(Formats, shielding_key_message) {
  EXPECT_EQ(protocol::shielding_key_message(domain(), number("epoch"), fixed("shielding_key")),
            at("shielding_key_message"));
}

}  // namespace
}  // namespace substratee::protocol
