#include "worker/base/progress.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace substratee::worker {
namespace {

constexpr std::chrono::milliseconds kInterval{100};
constexpr std::size_t kBar = 24;
constexpr std::size_t kColumns = 80;

std::string bar(unsigned percent) {
  const std::size_t filled = percent * kBar / 100;
  return fmt::format("[{}{}] ", std::string(filled, '#'), std::string(kBar - filled, '-'));
}

std::size_t columns_of_terminal() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kColumns;
}

}  // namespace

std::string progress_line(std::string_view what, const Transfer& transfer, std::size_t columns) {
  auto shown = transfer;
  // A hint that has turned out too small is no longer one.
  if (shown.done > shown.total) shown.total = 0;
  const auto percent = shown.percent();
  return fmt::format("{} {}{}", what, percent ? bar(*percent) : "", shown.to_text()).substr(0, columns);
}

ProgressBar::ProgressBar(std::string what, std::uint64_t total, bool enabled)
    : what_(std::move(what)), total_(total), enabled_(enabled) {}

ProgressBar::~ProgressBar() {
  if (is_shown_) fmt::print(stderr, "\r\033[K");
}

bool ProgressBar::is_terminal() { return ::isatty(STDERR_FILENO) == 1; }

void ProgressBar::show(Transfer transfer) {
  if (!enabled_) return;
  const std::scoped_lock lock(mutex_);
  const auto now = Clock::now();
  if (now < next_) return;
  next_ = now + kInterval;
  is_shown_ = true;
  transfer.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - start_);
  // The cursor goes back to the beginning, so that a line of the log does not come behind the bar.
  fmt::print(stderr, "\r\033[K{}\r", progress_line(what_, transfer, columns_of_terminal() - 1));
  std::fflush(stderr);
}

void ProgressBar::add(std::uint64_t bytes) {
  const auto done = done_ += bytes;
  show({.done = done, .total = total_, .moved = done, .elapsed = {}});
}

}  // namespace substratee::worker
