#pragma once

/// A rate that may be exceeded for a moment: one token per event, `per_second` come back each second, at most that many
/// lie ready. Time comes in. One thread at a time.

#include <algorithm>
#include <chrono>

namespace substratee::net {

class TokenBucket {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  /// Full. 0: no limit.
  TokenBucket(double per_second, Instant now) noexcept : per_second_(per_second), tokens_(per_second), last_(now) {}

  [[nodiscard]] bool take(Instant now) noexcept {
    if (per_second_ <= 0) return true;
    tokens_ = level(now);
    last_ = now;
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }
  /// Nobody who came anew would be treated better.
  [[nodiscard]] bool is_full(Instant now) const noexcept { return level(now) >= per_second_; }

 private:
  [[nodiscard]] double level(Instant now) const noexcept {
    const std::chrono::duration<double> passed = now - last_;
    return std::min(per_second_, tokens_ + passed.count() * per_second_);
  }

  double per_second_;
  double tokens_;
  Instant last_;
};

}  // namespace substratee::net
