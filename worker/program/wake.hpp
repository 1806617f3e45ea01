#pragma once

/// What ends the driver's sleep: time, or anybody's notify.

#include "worker/base/report.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace substratee::worker::program {

class Wake {
 public:
  void notify() {
    {
      const std::lock_guard lock(mutex_);
      is_notified_ = true;
    }
    changed_.notify_all();
  }
  /// A new head, or the node went away or came back.
  void announce() {
    {
      const std::lock_guard lock(mutex_);
      is_announced_ = true;
    }
    notify();
  }
  [[nodiscard]] bool take_announcement() {
    const std::lock_guard lock(mutex_);
    return std::exchange(is_announced_, false);
  }
  void wait_until(Millis time) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, start_ + time, [this] { return is_notified_; });
    is_notified_ = false;
  }
  /// Since this was made; begins at one hour, so that times before it exist.
  [[nodiscard]] Millis now() const {
    return std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now() - start_);
  }

 private:
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now() - std::chrono::hours(1);
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_notified_ = false;
  bool is_announced_ = false;
};

}  // namespace substratee::worker::program
