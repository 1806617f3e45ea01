#pragma once

/// SIGINT and SIGTERM become a stop request. Made before any thread, which inherit the blocked signals.

#include <signal.h>

#include <functional>
#include <stop_token>
#include <thread>

namespace substratee::worker::program {

class StopSignals {
 public:
  StopSignals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGINT);
    sigaddset(&set_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
  }
  /// `on_stop` is called on a thread of this object.
  void watch(std::function<void()> on_stop) {
    watcher_ = std::jthread([this, on_stop = std::move(on_stop)](const std::stop_token& end) {
      const timespec patience{0, 200'000'000};
      while (!end.stop_requested()) {
        if (sigtimedwait(&set_, nullptr, &patience) <= 0) continue;
        stop_.request_stop();
        on_stop();
      }
    });
  }
  [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }

 private:
  sigset_t set_{};
  std::stop_source stop_;
  std::jthread watcher_;
};

}  // namespace substratee::worker::program
