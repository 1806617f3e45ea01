#pragma once

/// A line on the terminal that says how far something is: bar, rate, time left. It appears after a second, is renewed
/// ten times a second at most, and is gone at the end. Where standard error is no terminal there is nothing.

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace substratee::worker {

struct ProgressView {
  std::string_view what;    ///< "add"
  std::uint64_t done = 0;   ///< bytes
  std::uint64_t total = 0;  ///< bytes; 0 if nobody knows, and a mere hint otherwise
  std::chrono::milliseconds elapsed{0};
};

/// "add 120 MiB of 1.0 GiB [###---------] 240 MiB/s, 4 s left", at most `columns` characters.
[[nodiscard]] std::string progress_line(const ProgressView& view, std::size_t columns);

/// "12 B", "1.5 MiB"
[[nodiscard]] std::string human_size(std::uint64_t bytes);

/// Any thread.
class ProgressBar {
 public:
  /// `enabled` where there is a terminal to write to.
  explicit ProgressBar(std::string what, std::uint64_t total = 0, bool enabled = is_terminal());
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// Bytes since the beginning.
  void show(std::uint64_t done, std::uint64_t total);
  void show(std::uint64_t done) { show(done, total_); }
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
  std::uint64_t done_ = 0;
  bool is_shown_ = false;
};

}  // namespace substratee::worker
