#include "core/protocol/padding.hpp"

#include "core/protocol/limits.hpp"

#include <gtest/gtest.h>

namespace substratee::protocol {
namespace {

TEST(padding, fills_to_the_next_multiple_and_comes_off_again) {
  for (std::size_t size = 0; size <= 600; ++size) {
    const Bytes plaintext(size, 0);
    auto padded = plaintext;
    pad(padded);
    EXPECT_EQ(padded.size(), (size / kPaddingMultiple + 1) * kPaddingMultiple);
    EXPECT_EQ(padded[size], 0x80);
    const auto back = unpad(padded);
    ASSERT_TRUE(back.has_value()) << size;
    EXPECT_EQ(to_bytes(*back), plaintext);
  }
}

TEST(padding, refuses_a_size_that_is_no_multiple) {
  EXPECT_FALSE(unpad({}).has_value());
  Bytes padded;
  pad(padded);
  for (std::size_t size = 1; size < padded.size(); ++size)
    EXPECT_FALSE(unpad(ByteView(padded).first(size)).has_value());
  padded.push_back(0);
  EXPECT_FALSE(unpad(padded).has_value());
}

TEST(padding, refuses_a_missing_marker) {
  EXPECT_FALSE(unpad(Bytes(256, 0)).has_value());
  Bytes other(256, 0);
  other[100] = 0x81;
  EXPECT_FALSE(unpad(other).has_value());
  other[100] = 1;
  EXPECT_FALSE(unpad(other).has_value());
}

TEST(padding, refuses_more_than_one_multiple) {
  Bytes padded(512, 0);
  padded[255] = 0x80;
  EXPECT_FALSE(unpad(padded).has_value());
  padded[255] = 0;
  padded[256] = 0x80;
  EXPECT_TRUE(unpad(padded).has_value());
}

}  // namespace
}  // namespace substratee::protocol
