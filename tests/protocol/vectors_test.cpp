/// The vectors of docs/protocol.md: what the code makes of fixed inputs is what stands in tests/vectors/protocol.
/// After a change of format: SUBSTRATEE_WRITE_VECTORS=1 writes them anew, and a reviewer sees what changed.

#include "tests/support/vectors.hpp"
#include "core/base/hex.hpp"
#include "core/finality/dev_seal.hpp"
#include "core/protocol/enclave_messages.hpp"
#include "core/protocol/keys.hpp"
#include "core/protocol/query.hpp"
#include "core/registry/calls.hpp"
#include "core/registry/storage.hpp"
#include "core/stf/transition.hpp"
#include "tests/protocol/vector_file.hpp"
#include "tests/support/random.hpp"

namespace substratee::protocol {
namespace {

namespace json = boost::json;
using test::check;
using test::hex_json;
using test::SeededRandom;

template <std::size_t N>
FixedBytes<N> filled(std::uint8_t first) {
  FixedBytes<N> out;
  for (auto& byte : out) byte = first++;
  return out;
}

/// The fixed world of all vectors.
const Domain& domain() {
  static const Domain the_domain{filled<32>(0x10), registry::shard_id("counter", "default")};
  return the_domain;
}

const EpochKeys& keys() {
  static const EpochKeys the_keys(1, *crypto::Secret<32>::from(filled<32>(0x40)), domain().shard);
  return the_keys;
}

primitives::AccountKey account(std::string_view uri, primitives::Scheme scheme) {
  SeededRandom random;
  return *primitives::AccountKey::from_uri(uri, scheme, random);
}

primitives::AccountKey alice() { return account("//Alice", primitives::Scheme::kEd25519); }

json::object domain_json() {
  return {{"genesis_hash", hex_json(domain().genesis_hash)}, {"shard", hex_json(domain().shard)}};
}

json::object sealed_json(const registry::SealedCall& sealed) {
  return {{"version", sealed.version},
          {"epoch", sealed.epoch},
          {"enc", hex_json(sealed.enc)},
          {"ciphertext", hex_json(sealed.ciphertext.value)},
          {"encoded", hex_json(scale::encode(sealed))}};
}

SignedCall signed_increment(const primitives::AccountKey& key) {
  SeededRandom random(7);
  return sign_call(*stf::find("counter")->call_from_text("increment 42"), 3, 1000, domain(), key, random);
}

registry::SealedCall sealed_increment() {
  SeededRandom random(8);
  return *seal_call(signed_increment(alice()), keys().shielding().public_key(), 1, domain(), alice().account(), random);
}

TEST(vectors, keys) {
  check("keys.json",
        {{"epoch_secret", hex_json(keys().secret().view())},
         {"domain", domain_json()},
         {"state_key", hex_json(keys().state_key().view())},
         {"shielding_key", hex_json(keys().shielding().public_key())},
         {"blind_key", hex_json(keys().blind_key().view())},
         {"receipt_key", hex_json(keys().receipt_key().view())},
         {"shielding_key_message", hex_json(shielding_key_message(domain(), 1, keys().shielding().public_key()))}});
}

json::object call_json(const primitives::AccountKey& key, std::string_view scheme) {
  const auto call = signed_increment(key);
  EXPECT_TRUE(verify_call(call, domain()));
  return {{"scheme", scheme},
          {"account", hex_json(call.account)},
          {"nonce", call.nonce},
          {"valid_until_block", call.valid_until_block},
          {"call", hex_json(call.call)},
          {"signed_message", hex_json(call_message(call, domain()))},
          {"encoded", hex_json(scale::encode(call))}};
}

TEST(vectors, calls) {
  const auto sealed = sealed_increment();
  json::object sealing = sealed_json(sealed);
  sealing["epoch_secret"] = hex_json(keys().secret().view());
  sealing["sender"] = hex_json(alice().account());
  sealing["plaintext"] = hex_json(scale::encode(signed_increment(alice())));
  sealing["call_hash"] = hex_json(registry::call_hash(sealed));
  check("calls.json",
        {{"domain", domain_json()},
         {"text", "increment 42"},
         {"signed",
          {call_json(alice(), "ed25519"), call_json(account("//Alice", primitives::Scheme::kSr25519), "sr25519"),
           call_json(account("//Alice", primitives::Scheme::kEcdsa), "ecdsa")}},
         {"sealed", std::move(sealing)}});
}

TEST(vectors, the_sealed_call_of_the_file_opens) {
  const auto file = test::load_json("protocol/calls.json").as_object();
  const auto& entry = file.at("sealed").as_object();
  const auto sealed = scale::decode<registry::SealedCall>(test::hex(entry.at("encoded")));
  ASSERT_TRUE(sealed);
  const auto sender = *AccountId::from(test::hex(entry.at("sender")));
  const auto opened = open_call(*sealed, keys().shielding(), 1, domain(), sender);
  ASSERT_TRUE(opened);
  EXPECT_EQ(scale::encode(*opened), test::hex(entry.at("plaintext")));
  EXPECT_TRUE(verify_call(*opened, domain()));
}

SignedQuery signed_query(const Query& query, Mode mode) {
  SeededRandom random(9);
  SignedQuery out;
  out.block_number = 77;
  out.block_hash = filled<32>(0x80);
  out.mode = mode;
  out.query = query;
  return sign_query(std::move(out), domain(), alice(), random);
}

json::object query_json(std::string_view name, const Query& query, Mode mode) {
  const auto made = signed_query(query, mode);
  EXPECT_TRUE(verify_query(made, domain()));
  return {{"query", name},
          {"mode", json::string(to_string(mode))},
          {"signed_message", hex_json(query_message(made, domain()))},
          {"encoded", hex_json(scale::encode(made))}};
}

TEST(vectors, queries_and_answers) {
  SeededRandom random(10);
  const auto question = signed_query(AskState{{*stf::find("counter")->query_from_text("counter")}}, Mode::kAgreed);
  const auto pending = *seal_query(question, keys().shielding().public_key(), 1, domain(), random);
  const auto opened = *open_query(pending.sealed, keys().shielding(), 1, domain());
  const auto enclave = crypto::ed25519::KeyPair::from_seed(filled<32>(0xa0).bytes);
  Answer answer{Mode::kAgreed,
                78,
                filled<32>(0xc0),
                filled<36>(0x01),
                AnswerStatus::kAnswered,
                {scale::encode(std::uint64_t{84})},
                query_hash(pending.sealed),
                {enclave.public_key().bytes},
                {}};
  answer.signature = enclave.sign(answer_message(answer, domain()));
  const auto sealed_answer = seal_answer(answer, pending.sealed.enc, opened.exporter, random);
  const auto understood = open_answer(sealed_answer, pending, domain());
  ASSERT_TRUE(understood);
  EXPECT_EQ(*stf::find("counter")->value_to_text(understood->value.value), "84");
  json::object sealing = sealed_json(pending.sealed);
  sealing["epoch_secret"] = hex_json(keys().secret().view());
  sealing["plaintext"] = hex_json(scale::encode(question));
  sealing["query_hash"] = hex_json(query_hash(pending.sealed));
  sealing["answer_secret"] = hex_json(opened.exporter.export_secret<32>(as_bytes("substratee/answer/v1")).view());
  check("queries.json", {{"domain", domain_json()},
                         {"account", hex_json(question.account)},
                         {"block_number", question.block_number},
                         {"block_hash", hex_json(question.block_hash)},
                         {"signed",
                          {query_json("nonce", AskNonce{}, Mode::kLatest),
                           query_json("receipt of call 2 of block 70", AskReceipt{70, 2}, Mode::kAgreed),
                           query_json("counter", question.query, Mode::kAgreed)}},
                         {"sealed", std::move(sealing)},
                         {"answer", json::object{{"enclave", hex_json(answer.enclave)},
                                                 {"signed_message", hex_json(answer_message(answer, domain()))},
                                                 {"signature", hex_json(answer.signature)},
                                                 {"encoded", hex_json(scale::encode(answer))},
                                                 {"sealed", hex_json(sealed_answer)},
                                                 {"value", "84"}}}});
}

TEST(vectors, receipts) {
  json::array leaves;
  std::vector<Bytes> encoded;
  for (std::uint32_t index = 0; index < 5; ++index) {
    const Receipt receipt{domain().shard,
                          70,
                          filled<32>(0x90),
                          index,
                          filled<32>(static_cast<std::uint8_t>(0xd0 + index)),
                          alice().account(),
                          static_cast<Outcome>(index)};
    const auto leaf = make_leaf(receipt, keys().blind_key().view());
    encoded.push_back(scale::encode(leaf));
    leaves.push_back(json::object{{"outcome", json::string(to_string(receipt.outcome))},
                                  {"blind", hex_json(leaf.blind)},
                                  {"encoded", hex_json(encoded.back())}});
  }
  json::array trees;
  for (std::size_t count = 0; count <= encoded.size(); ++count) {
    const std::span<const Bytes> some(encoded.data(), count);
    const auto root = merkle_root(some);
    json::array path;
    if (count > 0) {
      const auto hashes = merkle_path(some, count - 1);
      EXPECT_TRUE(verify_merkle_path(encoded[count - 1], count - 1, count, hashes, root));
      for (const auto& hash : hashes) path.push_back(hex_json(hash));
    }
    trees.push_back(json::object{{"leaves", count}, {"root", hex_json(root)}, {"path_of_the_last", std::move(path)}});
  }
  check(
      "receipts.json",
      {{"epoch_secret", hex_json(keys().secret().view())}, {"leaves", std::move(leaves)}, {"trees", std::move(trees)}});
}

registry::Journal journal() {
  const registry::Agreed agreed{70, filled<32>(0x90), filled<36>(0x01), filled<32>(0x33)};
  const AccountId one{filled<32>(0xa0).bytes};
  const AccountId two{filled<32>(0xb0).bytes};
  const auto shard = domain().shard;
  return {registry::CallForwarded{shard, alice().account(), sealed_increment()},
          registry::MemberChanged{shard, one, filled<16>(0x01), registry::MemberStatus::kActive},
          registry::MemberChanged{shard, two, filled<16>(0x02), std::nullopt},
          registry::KeyReleased{shard, 1, one, two, filled<16>(0x02), filled<32>(0x55)},
          registry::ShardFounded{shard, 1, one, filled<16>(0x01), keys().shielding().public_key()},
          registry::StateAgreed{shard, agreed, 2, {{one, two}}},
          registry::FoundingReopened{shard, 1}};
}

TEST(vectors, journal_header_and_seal) {
  const auto entries = journal();
  json::array encoded;
  for (const auto& entry : entries) encoded.push_back(hex_json(scale::encode(entry)));
  primitives::Header header{
      filled<32>(0x21), {71}, filled<32>(0x41), filled<32>(0x61), {registry::journal_digest(entries)}};
  ASSERT_TRUE(registry::journal_matches(header, entries));
  const auto authority = crypto::ed25519::KeyPair::from_seed(filled<32>(0x70).bytes);
  const auto message = finality::seal_message(header);
  const auto sealed = finality::with_seal(header, authority.sign(message));
  ASSERT_TRUE(finality::verify_seal(sealed, authority.public_key()));
  check("journal.json", {{"entries", std::move(encoded)},
                         {"journal", hex_json(scale::encode(entries))},
                         {"root", hex_json(registry::journal_root(entries))},
                         {"digest_item", hex_json(scale::encode(registry::journal_digest(entries)))},
                         {"header_without_seal", hex_json(scale::encode(header))},
                         {"authority", hex_json(authority.public_key())},
                         {"seal_message", hex_json(message)},
                         {"header", hex_json(scale::encode(sealed))},
                         {"block_hash", hex_json(sealed.hash())}});
}

TEST(vectors, registry) {
  const AccountId one{filled<32>(0xa0).bytes};
  const auto shard = domain().shard;
  const auto instance = filled<16>(0x01);
  const auto call = [](const registry::RegistryCall& value) { return hex_json(registry::encode_call(value)); };
  check("registry.json",
        {{"shard_id", json::object{{"stf", "counter"}, {"name", "default"}, {"id", hex_json(shard)}}},
         {"calls",
          json::object{{"unregister_enclave", call(registry::UnregisterEnclave{})},
                       {"found_shard", call(registry::FoundShard{shard, instance, keys().shielding().public_key()})},
                       {"call_worker", call(registry::CallWorker{shard, sealed_increment()})},
                       {"confirm_block", call(registry::ConfirmBlock{shard, instance, 70, filled<32>(0x90),
                                                                     filled<32>(0x33), filled<36>(0x01)})},
                       {"record_key_release", call(registry::RecordKeyRelease{shard, instance, 1, one, filled<16>(0x02),
                                                                              filled<32>(0x55)})}}},
         {"storage_keys", json::object{{"EnclaveCount", hex_json(registry::key::enclave_count())},
                                       {"EnclaveRegistry(1)", hex_json(registry::key::enclave(1))},
                                       {"EnclaveIndex(account)", hex_json(registry::key::enclave_index(one))},
                                       {"Shards(shard)", hex_json(registry::key::shard(shard))},
                                       {"Members(shard, account)", hex_json(registry::key::member(shard, one))},
                                       {"Confirmations(shard, 70)", hex_json(registry::key::confirmations(shard, 70))},
                                       {"Engine", hex_json(registry::key::engine())}}},
         {"account", hex_json(one)}});
}

}  // namespace
}  // namespace substratee::protocol
