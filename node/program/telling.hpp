#pragma once

/// How commands tell that they failed, and how far they are.

#include "node/service/block_import.hpp"

#include <chrono>
#include <string_view>

namespace substratee::node::program {

/// "Error: …" on standard error; returns the exit status 1.
int failed(std::string_view message);

/// Tells rate and time left on standard error, at most once a second, and hears SIGINT and SIGTERM: the work then
/// stops behind the portion at hand.
class ProgressLine {
 public:
  /// `verb`: "Imported".
  explicit ProgressLine(std::string verb);
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  /// False when somebody has asked the process to stop.
  [[nodiscard]] bool tell(const service::Progress& progress);
  [[nodiscard]] static bool is_interrupted() noexcept;
  [[nodiscard]] double seconds() const;

 private:
  using Clock = std::chrono::steady_clock;
  std::string verb_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point told_ = Clock::now();
};

/// "41 s", "3 min 20 s", "2 h 5 min".
[[nodiscard]] std::string to_text(std::chrono::seconds duration);

}  // namespace substratee::node::program
