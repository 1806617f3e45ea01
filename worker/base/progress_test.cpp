#include "worker/base/progress.hpp"

#include <gtest/gtest.h>

namespace substratee::worker {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

TEST(progress, a_line_has_bar_rate_and_time_left) {
  EXPECT_EQ(progress_line("add", {.done = 25 * kMiB, .total = 100 * kMiB, .moved = 25 * kMiB, .elapsed = 5s}, 200),
            "add [######------------------] 25 % of 100.0 MiB, 5.0 MiB/s, 15 s left");
  EXPECT_EQ(progress_line("add", {.done = 25 * kMiB, .total = 0, .moved = 25 * kMiB, .elapsed = 5s}, 200),
            "add 25.0 MiB, 5.0 MiB/s");
  EXPECT_EQ(progress_line("join", {.done = 2 * kMiB, .total = kMiB, .moved = 2 * kMiB, .elapsed = 1s}, 200),
            "join 2.0 MiB, 2.0 MiB/s");
  EXPECT_EQ(progress_line("add", {.done = 0, .total = 10, .moved = 0, .elapsed = 0s}, 200),
            "add [------------------------] 0 % of 10 B");
  EXPECT_EQ(progress_line("add", {.done = 10, .total = 10, .moved = 10, .elapsed = 1s}, 9), "add [####");
}

}  // namespace
}  // namespace substratee::worker
