#include "worker/base/transfer.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace substratee::worker {
namespace {

using std::chrono::milliseconds;

TEST(transfer, says_share_rate_and_time_left) {
  const Transfer half{512U << 20, 1U << 30, 256U << 20, milliseconds(2'000)};
  EXPECT_EQ(half.percent(), 50U);
  EXPECT_EQ(half.bytes_per_second(), 128U << 20);
  EXPECT_EQ(half.seconds_left(), 4U);
  EXPECT_EQ(half.to_text(), "50 % of 1.0 GiB, 128.0 MiB/s, 4 s left");
}

TEST(transfer, says_less_where_less_is_known) {
  EXPECT_EQ(Transfer{}.to_text(), "0 B");
  EXPECT_EQ((Transfer{.done = 2048, .total = 0, .moved = 2048, .elapsed = milliseconds(1'000)}.to_text()),
            "2.0 KiB, 2.0 KiB/s");
  EXPECT_EQ((Transfer{.done = 5, .total = 4, .moved = 5, .elapsed = milliseconds(0)}.to_text()), "100 % of 4 B");
}

TEST(transfer, durations_and_sizes_are_short) {
  EXPECT_EQ(duration_text(59), "59 s");
  EXPECT_EQ(duration_text(125), "2 min 5 s");
  EXPECT_EQ(duration_text(3'840), "1 h 4 min");
  EXPECT_EQ(size_text(1023), "1023 B");
  EXPECT_EQ(size_text(std::uint64_t{3} << 40), "3.0 TiB");
}

TEST(transfer, a_line_comes_now_and_then) {
  std::vector<std::string> lines;
  TransferLog log("Fetching", [&](const std::string& line) { lines.push_back(line); });
  for (int i = 0; i < 50; ++i) log.show({1, 2, 1, milliseconds(100 * i)});
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_TRUE(lines[0].starts_with("Fetching: 50 % of 2 B"));
}

}  // namespace
}  // namespace substratee::worker
