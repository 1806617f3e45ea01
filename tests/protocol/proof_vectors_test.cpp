/// The vectors of proof files (docs/protocol.md): files that hold, what they prove, and files that are refused, with
/// why.

#include "core/proof/fixture_test.hpp"
#include "tests/protocol/vector_file.hpp"

namespace substratee::proof {
namespace {

namespace json = boost::json;
using substratee::test::check;
using substratee::test::hex_json;
using test::Chain;

std::optional<Error> error_of(const ReceiptFile& file, const Chain& chain) {
  const auto verified = verify_receipt(file, chain.trust());
  return verified ? std::nullopt : std::optional(verified.error());
}
std::optional<Error> error_of(const AnswerFile& file, const Chain& chain) {
  const auto verified = verify_answer(file, chain.trust());
  return verified ? std::nullopt : std::optional(verified.error());
}

json::object refused(const char* what, const File& file, const Chain& chain, Error expected) {
  EXPECT_EQ(std::visit([&](const auto& one) { return error_of(one, chain); }, file), expected) << what;
  return {{"what", what}, {"reason", json::string(to_word(expected))}, {"file", hex_json(encode_file(file))}};
}

json::array refused_receipts(const Chain& chain) {
  json::array out;
  auto file = chain.receipt_file();
  file.receipt.leaf.receipt.outcome = protocol::Outcome::kRefused;
  out.push_back(refused("another outcome", file, chain, Error::kNotAgreed));
  file = chain.receipt_file();
  file.agreement.announced_in.header.back() ^= 1;
  out.push_back(refused("a changed seal", file, chain, Error::kNotFinal));
  file = chain.receipt_file();
  file.agreement.entry = 0;
  file.agreement.journal.value = registry::journal_path(chain.journal, 0);
  out.push_back(refused("another entry of the journal", file, chain, Error::kNoAgreement));
  file = chain.receipt_file();
  file.agreement.announced_in.nodes.value.clear();
  out.push_back(refused("no registrations", file, chain, Error::kStateNotProved));
  return out;
}

json::object receipt_json(const Chain& chain) {
  const auto file = chain.receipt_file();
  const auto verified = verify_receipt(file, chain.trust());
  EXPECT_TRUE(verified);
  const auto& agreement = verified->agreement;
  json::array enclaves;
  for (const auto& one : agreement.confirmed_by) {
    enclaves.push_back(json::object{{"index", one.index},
                                    {"account", hex_json(one.enclave.account)},
                                    {"measurement", hex_json(one.enclave.measurement)},
                                    {"hardware", one.enclave.hardware}});
  }
  return {{"file", hex_json(encode_file(file))},
          {"shard", hex_json(verified->receipt.shard)},
          {"block", verified->receipt.block_number},
          {"index", verified->receipt.index},
          {"call_hash", hex_json(verified->receipt.call_hash)},
          {"account", hex_json(verified->receipt.account)},
          {"outcome", json::string(protocol::to_string(verified->receipt.outcome))},
          {"announced_in", agreement.announced_in},
          {"active", agreement.agreement.active},
          {"confirmed_by", std::move(enclaves)},
          {"charter_hash", hex_json(agreement.facts.charter_hash)},
          {"refused", refused_receipts(chain)}};
}

json::object answer_json(Chain& chain) {
  const auto file = chain.answer_file();
  const auto verified = verify_answer(file, chain.trust());
  EXPECT_TRUE(verified);
  auto other = file;
  other.answer.value.value[0] ^= 1;
  auto unasked = file;
  unasked.ephemeral->bytes[1] ^= 1;
  return {{"file", hex_json(encode_file(file))},
          {"block", verified->answer.block_number},
          {"mode", json::string(protocol::to_string(verified->answer.mode))},
          {"value", hex_json(verified->answer.value.value)},
          {"enclave", hex_json(verified->answer.enclave)},
          {"asked_by", hex_json(verified->query->account)},
          {"query", hex_json(std::get<protocol::AskState>(verified->query->query).query.value)},
          {"refused", json::array{refused("another value", other, chain, Error::kBadSignature),
                                  refused("another secret of the asker", unasked, chain, Error::kNotRevealed)}}};
}

TEST(vectors, proofs) {
  Chain chain;
  const auto receipt = receipt_json(chain);
  check("proofs.json",
        {{"genesis_hash", hex_json(chain.genesis_hash())}, {"receipt", receipt}, {"answer", answer_json(chain)}});
}

}  // namespace
}  // namespace substratee::proof
