#include "node/program/telling.hpp"

#include <fmt/format.h>
#include <signal.h>

#include <atomic>

namespace substratee::node::program {

namespace {

std::atomic<bool> interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free);

void on_signal(int) { interrupted = true; }

}  // namespace

int failed(std::string_view message) {
  fmt::print(stderr, "Error: {}\n", message);
  return 1;
}

ProgressLine::ProgressLine(std::string verb) : verb_(std::move(verb)) {
  struct sigaction action{};
  action.sa_handler = on_signal;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool ProgressLine::is_interrupted() noexcept { return interrupted; }

double ProgressLine::seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

bool ProgressLine::tell(const service::Progress& progress) {
  const auto now = Clock::now();
  if (now - told_ < std::chrono::seconds(1)) return !interrupted;
  told_ = now;
  const auto done = static_cast<double>(progress.block) + 1 - progress.first;
  const auto rate = done / seconds();
  const auto left = std::chrono::seconds(static_cast<std::int64_t>((progress.last - progress.block) / rate));
  fmt::print(stderr, "{} #{} of #{}: {:.0f} blocks/s, {:.0f} extrinsics/s, {} left\n", verb_, progress.block,
             progress.last, rate, static_cast<double>(progress.extrinsics) / seconds(), to_text(left));
  return !interrupted;
}

std::string to_text(std::chrono::seconds duration) {
  const auto all = duration.count();
  if (all < 60) return fmt::format("{} s", all);
  if (all < 3'600) return fmt::format("{} min {} s", all / 60, all % 60);
  return fmt::format("{} h {} min", all / 3'600, all % 3'600 / 60);
}

}  // namespace substratee::node::program
