#include "core/primitives/header.hpp"

#include "core/base/hex.hpp"
#include "tests/support/vectors.hpp"

namespace substratee::primitives {
namespace {

std::vector<boost::json::object> real_blocks() {
  std::vector<boost::json::object> out;
  const auto vectors = test::load_json("substrate/headers.json");
  for (const auto& block : vectors.at("real_blocks").as_array()) out.push_back(block.as_object());
  return out;
}

Header sample() {
  Header header;
  header.number = {70};
  header.state_root[0] = 1;
  header.digest = {DigestPreRuntime{engine_id("STEE"), {1, 2}}, DigestOther{{3}},
                   DigestConsensus{engine_id("CMTB"), {}}, DigestSeal{engine_id("STEE"), {4}}, DigestRuntimeUpdated{}};
  return header;
}

TEST(header, genesis_hashes_match_polkadot_kusama_and_westend) {
  const auto vectors = test::load_json("substrate/headers.json");
  for (const auto& genesis : vectors.at("genesis").as_array()) {
    Header header;
    header.state_root = *fixed_from_hex<32>(test::text(genesis, "stateRoot"));
    header.extrinsics_root = *fixed_from_hex<32>(test::text(genesis, "extrinsicsRoot"));
    EXPECT_EQ(scale::encode(header), test::hex(genesis.at("scale")));
    EXPECT_EQ(to_hex_prefixed(header.hash().bytes), test::text(genesis, "genesis_hash"));
  }
}

TEST(header, real_blocks_decode_to_what_they_say_and_hash_to_their_known_hash) {
  const auto blocks = real_blocks();
  ASSERT_EQ(blocks.size(), 5u);
  for (const auto& block : blocks) {
    const auto wire = test::hex(block.at("scale"));
    const auto header = scale::decode<Header>(wire);
    ASSERT_TRUE(header) << to_string(header.error());
    EXPECT_EQ(header->parent_hash, fixed_from_hex<32>(test::text(block, "parentHash")));
    EXPECT_EQ(header->number.value, block.at("number").as_int64());
    EXPECT_EQ(header->state_root, fixed_from_hex<32>(test::text(block, "stateRoot")));
    EXPECT_EQ(header->extrinsics_root, fixed_from_hex<32>(test::text(block, "extrinsicsRoot")));
    const auto& logs = block.at("digest_logs").as_array();
    ASSERT_EQ(header->digest.size(), logs.size());
    for (std::size_t i = 0; i < logs.size(); ++i) EXPECT_EQ(scale::encode(header->digest[i]), test::hex(logs[i]));
    EXPECT_EQ(scale::encode(*header), wire);
    EXPECT_EQ(to_hex_prefixed(header->hash().bytes), test::text(block, "block_hash_known_independently"));
  }
}

TEST(header, every_digest_item_survives_the_round_trip) {
  const auto header = sample();
  EXPECT_EQ(scale::decode<Header>(scale::encode(header)), header);
}

TEST(header, truncations_and_trailing_bytes_are_refused) {
  const auto wire = scale::encode(sample());
  for (std::size_t size = 0; size < wire.size(); ++size) {
    EXPECT_EQ(scale::decode<Header>(ByteView(wire).first(size)).error(), scale::Error::kTruncated) << size;
  }
  EXPECT_EQ(scale::decode<Header>(concat(wire, Bytes{0})).error(), scale::Error::kTrailingBytes);
}

TEST(header, unknown_digest_items_are_refused) {
  for (const auto index : Bytes{1, 2, 3, 7, 9, 255}) {
    EXPECT_EQ(scale::decode<DigestItem>(Bytes{index, 0, 0, 0, 0, 0}).error(), scale::Error::kUnknownVariant);
  }
}

}  // namespace
}  // namespace substratee::primitives
