#include "worker/base/progress.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace substratee::worker {
namespace {

constexpr std::chrono::milliseconds kInterval{100};
constexpr std::size_t kBar = 24;
constexpr std::size_t kColumns = 80;

std::string human_time(std::uint64_t seconds) {
  if (seconds < 60) return fmt::format("{} s", seconds);
  if (seconds < 3600) return fmt::format("{}:{:02} min", seconds / 60, seconds % 60);
  return fmt::format("{}:{:02} h", seconds / 3600, seconds / 60 % 60);
}

std::string bar(std::uint64_t done, std::uint64_t total) {
  const auto filled = static_cast<std::size_t>(static_cast<double>(done) / static_cast<double>(total) * kBar);
  return fmt::format("[{}{}]", std::string(filled, '#'), std::string(kBar - filled, '-'));
}

std::size_t columns_of_terminal() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kColumns;
}

}  // namespace

std::string human_size(std::uint64_t bytes) {
  constexpr std::array kUnits{"B", "KiB", "MiB", "GiB", "TiB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < kUnits.size(); ++unit) value /= 1024;
  if (unit == 0) return fmt::format("{} B", bytes);
  return value < 10 ? fmt::format("{:.1f} {}", value, kUnits.at(unit))
                    : fmt::format("{:.0f} {}", value, kUnits.at(unit));
}

std::string progress_line(const ProgressView& view, std::size_t columns) {
  const auto millis = static_cast<std::uint64_t>(std::max<std::int64_t>(1, view.elapsed.count()));
  const auto rate = static_cast<double>(view.done) * 1000 / static_cast<double>(millis);
  auto out = fmt::format("{} {}", view.what, human_size(view.done));
  // A hint that has turned out too small is no longer one.
  const bool has_end = view.total > 0 && view.done <= view.total;
  if (has_end) out += fmt::format(" of {} {}", human_size(view.total), bar(view.done, view.total));
  out += fmt::format(" {}/s", human_size(static_cast<std::uint64_t>(rate)));
  if (has_end && rate > 0) {
    out += fmt::format(", {} left",
                       human_time(static_cast<std::uint64_t>(static_cast<double>(view.total - view.done) / rate)));
  }
  return out.substr(0, columns);
}

ProgressBar::ProgressBar(std::string what, std::uint64_t total, bool enabled)
    : what_(std::move(what)), total_(total), enabled_(enabled) {}

ProgressBar::~ProgressBar() {
  if (is_shown_) fmt::print(stderr, "\r\033[K");
}

bool ProgressBar::is_terminal() { return ::isatty(STDERR_FILENO) == 1; }

void ProgressBar::show(std::uint64_t done, std::uint64_t total) {
  if (!enabled_) return;
  const std::scoped_lock lock(mutex_);
  done_ = done;
  const auto now = Clock::now();
  if (now < next_) return;
  next_ = now + kInterval;
  is_shown_ = true;
  const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - start_);
  fmt::print(
      stderr, "\r\033[K{}",
      progress_line({.what = what_, .done = done, .total = total, .elapsed = elapsed}, columns_of_terminal() - 1));
  std::fflush(stderr);
}

void ProgressBar::add(std::uint64_t bytes) {
  if (!enabled_) return;
  std::uint64_t done = 0;
  {
    const std::scoped_lock lock(mutex_);
    done = done_ += bytes;
  }
  show(done);
}

}  // namespace substratee::worker
