#pragma once

/// When to try again: 250 ms after the first failure, twice as long after each further one, at most 5 s.

#include "worker/base/report.hpp"

#include <algorithm>

namespace substratee::worker::chain_follower {

class Backoff {
 public:
  void failed(Millis now) noexcept {
    delay_ = std::min(kMax, delay_ == Millis(0) ? kFirst : 2 * delay_);
    due_ = now + delay_;
  }
  void succeeded() noexcept {
    delay_ = Millis(0);
    due_ = Millis(0);
  }
  [[nodiscard]] bool is_due(Millis now) const noexcept { return now >= due_; }
  [[nodiscard]] bool is_failing() const noexcept { return delay_ != Millis(0); }
  [[nodiscard]] Millis due() const noexcept { return due_; }

 private:
  static constexpr Millis kFirst{250};
  static constexpr Millis kMax{5'000};
  Millis delay_{0};
  Millis due_{0};
};

}  // namespace substratee::worker::chain_follower
