#include "net/token_bucket.hpp"

#include <gtest/gtest.h>

namespace substratee::net {
namespace {

using namespace std::chrono_literals;
constexpr TokenBucket::Instant kStart{};

int take_all(TokenBucket& bucket, TokenBucket::Instant now) {
  int taken = 0;
  while (taken < 1'000 && bucket.take(now)) ++taken;
  return taken;
}

TEST(token_bucket, allows_a_second_at_once_and_then_the_rate) {
  TokenBucket bucket(10, kStart);
  EXPECT_EQ(take_all(bucket, kStart), 10);
  EXPECT_EQ(take_all(bucket, kStart + 99ms), 0);
  EXPECT_EQ(take_all(bucket, kStart + 500ms), 5);
  EXPECT_EQ(take_all(bucket, kStart + 1h), 10) << "no more than a second's worth is saved up";
}

TEST(token_bucket, is_full_when_nobody_new_would_fare_better) {
  TokenBucket bucket(2, kStart);
  EXPECT_TRUE(bucket.is_full(kStart));
  EXPECT_TRUE(bucket.take(kStart));
  EXPECT_FALSE(bucket.is_full(kStart + 400ms));
  EXPECT_TRUE(bucket.is_full(kStart + 500ms));
}

TEST(token_bucket, of_rate_zero_has_no_limit) {
  TokenBucket bucket(0, kStart);
  EXPECT_EQ(take_all(bucket, kStart), 1'000);
}

}  // namespace
}  // namespace substratee::net
