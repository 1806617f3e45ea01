#pragma once

/// A line on the terminal that says how far something is: bar, rate, time left. It appears after a second, is renewed
/// ten times a second at most, and is gone at the end. Where standard error is no terminal there is nothing.

#include "worker/base/transfer.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace substratee::worker {

/// "add [###---------] 12 % of 1.0 GiB, 240.0 MiB/s, 4 s left", at most `columns` characters.
[[nodiscard]] std::string progress_line(std::string_view what, const Transfer& transfer, std::size_t columns);

/// Any thread.
class ProgressBar {
 public:
  /// `enabled` where there is a terminal to write to.
  explicit ProgressBar(std::string what, std::uint64_t total = 0, bool enabled = is_terminal());
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// `transfer.elapsed` is disregarded: the clock is that of the bar.
  void show(Transfer transfer);
  /// Bytes more.
  void add(std::uint64_t bytes);

  [[nodiscard]] static bool is_terminal();

 private:
  using Clock = std::chrono::steady_clock;

  const std::string what_;
  const std::uint64_t total_;
  const bool enabled_;
  const Clock::time_point start_ = Clock::now();
  std::mutex mutex_;
  Clock::time_point next_ = start_ + std::chrono::seconds(1);
  std::atomic<std::uint64_t> done_ = 0;
  bool is_shown_ = false;
};

}  // namespace substratee::worker
