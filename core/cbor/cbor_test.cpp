#include "core/cbor/cbor.hpp"

#include "tests/support/vectors.hpp"

namespace substratee::cbor {
namespace {

Bytes octets(std::string_view hex) { return test::hex(hex); }

bool skips(std::string_view hex) {
  const auto bytes = octets(hex);
  Reader in(bytes);
  return in.skip() && in.finish();
}

TEST(cbor, writes_the_shortest_heads) {
  EXPECT_EQ(unsigned_integer(23), octets("17"));
  EXPECT_EQ(unsigned_integer(24), octets("1818"));
  EXPECT_EQ(unsigned_integer(1000), octets("1903e8"));
  EXPECT_EQ(unsigned_integer(1000000), octets("1a000f4240"));
  EXPECT_EQ(unsigned_integer(1000000000000), octets("1b000000e8d4a51000"));
  EXPECT_EQ(tag_head(60000), octets("d9ea60"));
  EXPECT_EQ(text_string("IETF"), octets("6449455446"));
  EXPECT_EQ(byte_string(octets("01020304")), octets("4401020304"));
}

TEST(cbor, reads_longer_heads_too) {
  const auto bytes = octets("1b0000000000000017");
  EXPECT_EQ(Reader(bytes).unsigned_integer(), 23u);
}

TEST(cbor, refuses_longer_heads_where_the_shortest_is_demanded) {
  const auto passes = [](std::string_view hex) {
    const auto bytes = octets(hex);
    return Reader(bytes, Heads::kShortest).skip().has_value();
  };
  for (const auto hex : {"1817", "190018", "1a0000ffff", "1b00000000ffffffff", "5800", "780161", "9800", "b800", "d82a",
                         "f97e00", "fa47c35000", "f818", "f7", "e0", "fb7ff0000000000000", "fb7ff8000000000000"}) {
    EXPECT_FALSE(passes(hex)) << hex;
  }
  for (const auto hex : {"1818", "190100", "1a00010000", "1b0000000100000000", "d82a00", "fb3ff199999999999a", "f6"}) {
    EXPECT_TRUE(passes(hex)) << hex;
  }
}

TEST(cbor, names_the_next_kind_without_taking_it) {
  const auto bytes = octets("20");
  Reader in(bytes);
  EXPECT_EQ(in.kind(), Kind::kNegative);
  EXPECT_TRUE(in.scalar());
  EXPECT_FALSE(in.kind());
  EXPECT_FALSE(Reader(octets("00")).scalar());
}

TEST(cbor, counts_promise_no_more_than_there_is) {
  EXPECT_FALSE(Reader(octets("9bffffffffffffffff")).array());
  EXPECT_FALSE(Reader(octets("820000")).map());
  EXPECT_FALSE(Reader(octets("a20000")).array());
  EXPECT_FALSE(Reader(octets("a3000000")).array());
}

TEST(cbor, skips_any_well_formed_item) {
  for (const auto hex : {"00", "20", "f5", "f6", "f90000", "fb3ff199999999999a", "4401020304", "6449455446", "80",
                         "83010203", "a0", "a201020304", "c11a514b67b0", "8301820203820405"}) {
    EXPECT_TRUE(skips(hex)) << hex;
  }
}

TEST(cbor, refuses_indefinite_reserved_truncated_and_deep) {
  for (const auto hex :
       {"", "5f42010243030405ff", "7f657374726561646d696e67ff", "9fff", "bfff", "ff", "1c", "1d", "1e", "18", "1900",
        "44010203", "5bffffffffffffffff", "9bffffffffffffffff", "bb8000000000000000", "830102", "a101", "c1"}) {
    EXPECT_FALSE(skips(hex)) << hex;
  }
  EXPECT_TRUE(skips("8181818100"));
  EXPECT_FALSE(skips("818181818100")) << "one level too deep";
}

TEST(cbor, types_are_not_interchangeable) {
  const auto text = octets("6161");
  EXPECT_FALSE(Reader(text).bytes());
  EXPECT_FALSE(Reader(text).array());
  EXPECT_FALSE(Reader(text).map());
  EXPECT_FALSE(Reader(text).tag());
  EXPECT_FALSE(Reader(text).unsigned_integer());
  EXPECT_TRUE(Reader(text).text());
}

}  // namespace
}  // namespace substratee::cbor
