#include "worker/base/transfer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace substratee::worker {
namespace {

constexpr std::chrono::milliseconds kInterval{2'000};

}  // namespace

std::optional<unsigned> Transfer::percent() const noexcept {
  if (total == 0) return std::nullopt;
  return static_cast<unsigned>(100.0 * static_cast<double>(std::min(done, total)) / static_cast<double>(total));
}

std::uint64_t Transfer::bytes_per_second() const noexcept {
  if (elapsed.count() <= 0) return 0;
  return static_cast<std::uint64_t>(static_cast<double>(moved) * 1000 / static_cast<double>(elapsed.count()));
}

std::optional<std::uint64_t> Transfer::seconds_left() const noexcept {
  const auto rate = bytes_per_second();
  if (total == 0 || rate == 0) return std::nullopt;
  return done >= total ? 0 : (total - done + rate - 1) / rate;
}

std::string Transfer::to_text() const {
  auto out = total == 0 ? size_text(done) : fmt::format("{} % of {}", *percent(), size_text(total));
  if (bytes_per_second() > 0) out += fmt::format(", {}/s", size_text(bytes_per_second()));
  if (const auto left = seconds_left()) out += fmt::format(", {} left", duration_text(*left));
  return out;
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::array<const char*, 5> kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  auto value = static_cast<double>(bytes);
  for (; value >= 1024 && unit + 1 < kUnits.size(); ++unit) value /= 1024;
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", value, kUnits.at(unit));
}

std::string duration_text(std::uint64_t seconds) {
  if (seconds < 60) return fmt::format("{} s", seconds);
  if (seconds < 3600) return fmt::format("{} min {} s", seconds / 60, seconds % 60);
  return fmt::format("{} h {} min", seconds / 3600, seconds / 60 % 60);
}

TransferLog::TransferLog(std::string what, std::function<void(const std::string&)> say)
    : what_(std::move(what)), say_(std::move(say)), next_(kInterval) {}

void TransferLog::show(const Transfer& transfer) {
  if (transfer.elapsed < next_) return;
  next_ = transfer.elapsed + kInterval;
  say_(fmt::format("{}: {}", what_, transfer.to_text()));
}

}  // namespace substratee::worker
