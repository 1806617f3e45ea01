#include "worker/base/progress.hpp"

#include <gtest/gtest.h>

namespace substratee::worker {
namespace {

using namespace std::chrono_literals;

TEST(progress, sizes_are_read_by_people) {
  EXPECT_EQ(human_size(0), "0 B");
  EXPECT_EQ(human_size(1023), "1023 B");
  EXPECT_EQ(human_size(1536), "1.5 KiB");
  EXPECT_EQ(human_size(std::uint64_t{300} << 20), "300 MiB");
  EXPECT_EQ(human_size(std::uint64_t{5} << 40), "5.0 TiB");
}

TEST(progress, a_line_has_rate_and_time_left) {
  EXPECT_EQ(progress_line({.what = "add", .done = 25 << 20, .total = 100 << 20, .elapsed = 5s}, 200),
            "add 25 MiB of 100 MiB [######------------------] 5.0 MiB/s, 15 s left");
  EXPECT_EQ(progress_line({.what = "add", .done = 25 << 20, .total = 0, .elapsed = 5s}, 200), "add 25 MiB 5.0 MiB/s");
  EXPECT_EQ(progress_line({.what = "join", .done = 2 << 20, .total = 1 << 20, .elapsed = 1s}, 200),
            "join 2.0 MiB 2.0 MiB/s");
  EXPECT_EQ(progress_line({.what = "add", .done = 0, .total = 10, .elapsed = 0s}, 200),
            "add 0 B of 10 B [------------------------] 0 B/s");
  EXPECT_EQ(progress_line({.what = "add", .done = 1024, .total = 7200 * 1024, .elapsed = 1s}, 200),
            "add 1.0 KiB of 7.0 MiB [------------------------] 1.0 KiB/s, 1:59 h left");
  EXPECT_EQ(progress_line({.what = "add", .done = 1, .total = 0, .elapsed = 1s}, 5), "add 1");
}

}  // namespace
}  // namespace substratee::worker
