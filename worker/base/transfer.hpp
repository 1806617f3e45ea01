#pragma once

/// How far something long has come that moves bytes: share, rate and time left; for the log and /ready.

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace substratee::worker {

struct Transfer {
  std::uint64_t done = 0;   ///< bytes
  std::uint64_t total = 0;  ///< bytes; 0 if it is not known
  std::uint64_t moved = 0;  ///< bytes of `done` that took the time
  std::chrono::milliseconds elapsed{0};

  /// 0 to 100; nothing without a total.
  [[nodiscard]] std::optional<unsigned> percent() const noexcept;
  [[nodiscard]] std::uint64_t bytes_per_second() const noexcept;
  [[nodiscard]] std::optional<std::uint64_t> seconds_left() const noexcept;
  /// "42 % of 1.0 GiB, 210.4 MiB/s, 3 s left".
  [[nodiscard]] std::string to_text() const;
};

/// "1.5 GiB", "12 B".
[[nodiscard]] std::string size_text(std::uint64_t bytes);
/// "3 s", "2 min 5 s", "1 h 4 min".
[[nodiscard]] std::string duration_text(std::uint64_t seconds);

/// A line for the log now and then. For one thread at a time.
class TransferLog {
 public:
  /// `say` gets "<what>: <text of the transfer>".
  TransferLog(std::string what, std::function<void(const std::string&)> say);
  /// As often as one likes; `transfer.elapsed` is the clock.
  void show(const Transfer& transfer);

 private:
  std::string what_;
  std::function<void(const std::string&)> say_;
  std::chrono::milliseconds next_;
};

}  // namespace substratee::worker
