#include "node/service/chain_spec.hpp"

#include "tests/support/random.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace substratee::node::service {
namespace {

ChainSpec example() {
  ChainSpec spec;
  spec.identity = {.name = "Example",
                   .id = "example",
                   .type = "Live",
                   .ss58_format = 42,
                   .token_decimals = 18,
                   .token_symbol = "EXA"};
  spec.engine = {.sealing = consensus::dev::Sealing::kInstant, .block_time = 6'000};
  spec.authority_name = "first";
  substratee::test::SeededRandom random(4);
  spec.genesis = runtime::development_genesis(random.draw<32>(), random.draw<32>(), {Hash256{{1}}, Hash256{{2}}});
  spec.genesis.endowed.emplace_back(random.draw<32>(), (primitives::Balance{1} << 127) + 12'345);
  spec.genesis.fees = {.per_byte = 3, .per_microsecond = primitives::Balance{1} << 90};
  spec.genesis.shards.push_back(
      {.stf = "counter", .name = "second", .hardware_required = true, .minimum_confirmations = 3});
  return spec;
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), by);
}

void expect_refused(const std::string& text, std::string_view why) {
  const auto spec = chain_spec_from(text);
  ASSERT_FALSE(spec) << why;
  EXPECT_EQ(spec.error().code, storage::Code::kForeign);
  EXPECT_NE(spec.error().message.find(why), std::string::npos) << spec.error().message;
}

TEST(chain_spec, what_is_written_reads_as_the_same_chain) {
  const auto spec = example();
  const auto text = to_json(spec);
  const auto read = chain_spec_from(text);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->identity, spec.identity);
  EXPECT_EQ(read->engine.sealing, spec.engine.sealing);
  EXPECT_EQ(read->engine.block_time, 6'000U);
  EXPECT_EQ(read->authority_name, "first");
  EXPECT_EQ(runtime::build_genesis(read->genesis), runtime::build_genesis(spec.genesis));
  EXPECT_EQ(to_json(*read), text);
}

TEST(chain_spec, what_has_a_default_may_be_left_out) {
  auto text = to_json(example());
  text = replaced(text, R"(  "properties": {"ss58Format": 42, "tokenDecimals": 18, "tokenSymbol": "EXA"},)", "");
  text = replaced(text, R"(  "sealing": {"mode": "instant", "blockTime": 6000},)", "");
  const auto read = chain_spec_from(text);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->identity.ss58_format, 42);
  EXPECT_EQ(read->engine.block_time, 1'000U);
}

TEST(chain_spec, every_member_of_the_genesis_counts) {
  const auto text = to_json(example());
  const auto hash = [](const std::string& json) {
    return runtime::genesis_header(runtime::build_genesis(chain_spec_from(json).value().genesis)).hash();
  };
  const auto before = hash(text);
  EXPECT_EQ(hash(replaced(text, "Example", "Other")), before);
  EXPECT_NE(hash(replaced(text, "\"minimumConfirmations\": 3", "\"minimumConfirmations\": 2")), before);
  EXPECT_NE(hash(replaced(text, "\"hardwareRequired\": true", "\"hardwareRequired\": false")), before);
  EXPECT_NE(hash(replaced(text, "\"perByte\": \"3\"", "\"perByte\": \"4\"")), before);
  EXPECT_NE(hash(replaced(text, "\"confirmation_grace\": ", "\"confirmation_grace\": 1")), before);
}

TEST(chain_spec, says_which_member_is_wrong_and_why) {
  const auto good = to_json(example());
  ASSERT_TRUE(chain_spec_from(good));
  expect_refused("", "not strict JSON");
  expect_refused(good + "x", "not strict JSON");
  expect_refused(replaced(good, "\"id\"", "\"name\""), "not strict JSON");
  expect_refused(replaced(good, "\"id\": \"example\",", ""), "\"id\" is missing");
  expect_refused(replaced(good, "\"id\"", "\"colour\""), "\"colour\" is not a member");
  expect_refused(replaced(good, "\"Live\"", "\"Dead\""), "\"chainType\" must be");
  expect_refused(replaced(good, "\"Example\"", "\"\""), "\"name\" must be a text");
  expect_refused(replaced(good, "\"ss58Format\": 42", "\"ss58Format\": 7"), "properties.ss58Format");
  expect_refused(replaced(good, "\"blockTime\": 6000", "\"blockTime\": 0"), "sealing.blockTime");
  expect_refused(replaced(good, "\"instant\"", "\"never\""), "sealing.mode");
  expect_refused(replaced(good, "\"authorities\"", "\"kings\""), "\"genesis.kings\" is not a member");
  expect_refused(replaced(good, "\"key\": \"", "\"key\": \"1"), "\"genesis.authorities[0].key\" must be an SS58");
  expect_refused(replaced(good, "\"salt\": \"0x", "\"salt\": \"0x00"), "\"genesis.salt\" must be 64 hex digits");
  expect_refused(replaced(good, "\"amount\": \"1", "\"amount\": \"999999\", \"amount\": \"1"), "each name once");
  expect_refused(replaced(good, "\"amount\": \"1000000000000000000", "\"amount\": \"999999"), "existential deposit");
  expect_refused(replaced(good, "\"amount\": \"1", "\"amount\": \"-1"),
                 "\"genesis.endowed[0].amount\" must be an amount");
  expect_refused(replaced(good, "\"amount\": \"", "\"amount\": \"99999999999999999999"), "genesis.endowed[0].amount");
  expect_refused(replaced(good, "\"perByte\": \"3\"", "\"perByte\": 3"), "\"genesis.fees.perByte\" must be an amount");
  expect_refused(replaced(good, "\"allow_vlek\"", "\"allow_all\""),
                 "\"genesis.attestationPolicy\" is no policy: \"allow_all\"");
  expect_refused(replaced(good, "\"second\"", "\"default\""), "\"genesis.shards[1]\" names a shard a second time");
  expect_refused(replaced(good, "\"minimumConfirmations\": 3", "\"minimumConfirmations\": 0"), "minimumConfirmations");
  expect_refused(replaced(good, "\"hardwareRequired\": true", "\"hardwareRequired\": 1"), "hardwareRequired");
  expect_refused(replaced(good, "0200000000", "0100000000"), "names a measurement a second time");
}

TEST(chain_spec, the_authority_must_be_one) {
  const auto good = to_json(example());
  const auto begin = good.find("[{\"name\": \"first\"");
  const auto end = good.find(']', begin);
  const auto one = good.substr(begin + 1, end - begin - 1);
  expect_refused(replaced(good, one, ""), "\"genesis.authorities\" is empty");
  expect_refused(replaced(good, one, one + "," + one), "\"genesis.authorities\" has more than 1");
}

TEST(chain_spec, every_truncation_is_refused) {
  const auto good = to_json(example());
  for (std::size_t size = 0; size + 2 < good.size(); size += 7) EXPECT_FALSE(chain_spec_from(good.substr(0, size)));
}

TEST(chain_spec, a_file_that_cannot_be_read_is_named) {
  const substratee::test::TemporaryDirectory directory;
  const auto none = read_chain_spec(directory.path() / "none.json");
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().message.find("none.json"), std::string::npos);
  std::ofstream(directory.path() / "bad.json") << "{}";
  const auto bad = read_chain_spec(directory.path() / "bad.json");
  ASSERT_FALSE(bad);
  EXPECT_NE(bad.error().message.find("build-spec"), std::string::npos) << bad.error().message;
}

}  // namespace
}  // namespace substratee::node::service
