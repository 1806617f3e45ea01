#include "rpc/json_forms.hpp"

#include <gtest/gtest.h>

namespace substratee::rpc {
namespace {

namespace json = net::json;

primitives::Header sample_header() {
  primitives::Header header;
  header.parent_hash[0] = 1;
  header.number.value = 258;
  header.state_root[1] = 2;
  header.digest.push_back(primitives::DigestSeal{primitives::engine_id("sdev"), Bytes(64, 7)});
  return header;
}

TEST(json_forms, header_round_trip) {
  const auto header = sample_header();
  const auto value = to_json(header);
  EXPECT_EQ(value.at("number").as_string(), "0x102");
  const auto read = header_from_json(value);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, header);
}

TEST(json_forms, a_header_without_one_of_its_members_is_none) {
  for (const auto* name : {"parentHash", "number", "stateRoot", "extrinsicsRoot", "digest"}) {
    auto value = to_json(sample_header());
    value.as_object().erase(name);
    EXPECT_FALSE(header_from_json(value)) << name;
  }
  EXPECT_FALSE(header_from_json(json::value(nullptr)));
}

TEST(json_forms, numbers_in_both_forms) {
  EXPECT_EQ(number_from_json(json::value(12)), 12U);
  EXPECT_EQ(number_from_json(json::value("0xff")), 255U);
  for (const auto& bad : {json::value(-1), json::value("12"), json::value("0x"), json::value("0xg"),
                          json::value("0x11111111111111111"), json::value(true), json::value(1.5)}) {
    EXPECT_FALSE(number_from_json(bad)) << json::serialize(bad);
  }
  EXPECT_FALSE(u32_from_json(json::value(std::uint64_t{1} << 32)));
}

TEST(json_forms, states_of_a_transaction) {
  EXPECT_EQ(status_from_json("ready"), (TransactionStatus{TransactionState::kReady, {}}));
  const auto hash = Hash256{{9}};
  EXPECT_EQ(status_from_json(json::object{{"inBlock", hex_json(hash)}}),
            (TransactionStatus{TransactionState::kInBlock, hash}));
  EXPECT_EQ(status_from_json(json::object{{"finalized", hex_json(hash)}}),
            (TransactionStatus{TransactionState::kFinalized, hash}));
  EXPECT_TRUE(status_from_json("invalid")->is_failure());
  EXPECT_FALSE(status_from_json("whatever"));
  EXPECT_FALSE(status_from_json(json::object{}));
}

TEST(json_forms, verified_block_round_trip) {
  const VerifiedBlock block{7, Hash256{{1}}, {{1, 2}, {3}, {}}};
  const auto read = verified_block_from_json(to_json(block));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->number, 7U);
  EXPECT_EQ(read->hash, block.hash);
  EXPECT_EQ(read->final_block, block.final_block);
}

}  // namespace
}  // namespace substratee::rpc
