#include "core/base/hex.hpp"

namespace substratee {
namespace {

TEST(hex, round_trips_every_byte) {
  Bytes all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<std::uint8_t>(i));
  EXPECT_EQ(from_hex(to_hex(all)), all);
  EXPECT_EQ(from_hex(to_hex_prefixed(all)), all);
}

TEST(hex, reads_either_case_and_writes_lower) {
  EXPECT_EQ(to_hex(*from_hex("0xABcd")), "abcd");
  EXPECT_EQ(to_hex_prefixed(Bytes{0xAB}), "0xab");
}

TEST(hex, refuses_odd_length_and_foreign_characters) {
  EXPECT_FALSE(from_hex("abc"));
  EXPECT_FALSE(from_hex("0g"));
  EXPECT_FALSE(from_hex("0x0x"));
  EXPECT_FALSE(from_hex(" 00"));
}

TEST(hex, fixed_size_is_exact) {
  EXPECT_TRUE(fixed_from_hex<2>("0102"));
  EXPECT_FALSE(fixed_from_hex<2>("01"));
  EXPECT_FALSE(fixed_from_hex<2>("010203"));
}

}  // namespace
}  // namespace substratee
