#pragma once

/// Bounds the bytes that a server holds for strangers. Every connection may hold a share of its own; what goes beyond
/// comes out of one common pot. When the pot is empty, those pay who hold more than their share.
/// Safe from any thread.

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>

namespace substratee::net {

class MemoryPot {
 public:
  explicit MemoryPot(std::size_t bytes) noexcept : left_(static_cast<std::ptrdiff_t>(bytes)) {}

  [[nodiscard]] bool take(std::size_t bytes) noexcept {
    const auto wanted = static_cast<std::ptrdiff_t>(bytes);
    if (left_.fetch_sub(wanted) >= wanted) return true;
    left_.fetch_add(wanted);
    return false;
  }
  void give(std::size_t bytes) noexcept { left_.fetch_add(static_cast<std::ptrdiff_t>(bytes)); }

 private:
  std::atomic<std::ptrdiff_t> left_;
};

/// What one connection holds.
class MemoryShare {
 public:
  MemoryShare(std::shared_ptr<MemoryPot> pot, std::size_t own) noexcept : pot_(std::move(pot)), own_(own) {}
  ~MemoryShare() { pot_->give(beyond(held_)); }
  MemoryShare(const MemoryShare&) = delete;
  MemoryShare& operator=(const MemoryShare&) = delete;

  /// False, and nothing taken, if the pot has not enough for it.
  [[nodiscard]] bool take(std::size_t bytes) noexcept {
    const std::lock_guard lock(mutex_);
    if (!pot_->take(beyond(held_ + bytes) - beyond(held_))) return false;
    held_ += bytes;
    return true;
  }
  void give(std::size_t bytes) noexcept {
    const std::lock_guard lock(mutex_);
    bytes = std::min(bytes, held_);
    pot_->give(beyond(held_) - beyond(held_ - bytes));
    held_ -= bytes;
  }

 private:
  [[nodiscard]] std::size_t beyond(std::size_t bytes) const noexcept { return bytes > own_ ? bytes - own_ : 0; }

  const std::shared_ptr<MemoryPot> pot_;
  const std::size_t own_;
  std::mutex mutex_;
  std::size_t held_ = 0;
};

/// What one thing, a request or an answer, takes of its connection's share until it is gone. One thread at a time.
class MemoryHeld {
 public:
  explicit MemoryHeld(MemoryShare& share) noexcept : share_(share) {}
  ~MemoryHeld() { give_back(); }
  MemoryHeld(const MemoryHeld&) = delete;
  MemoryHeld& operator=(const MemoryHeld&) = delete;

  /// False: there is no memory for it.
  [[nodiscard]] bool grow_to(std::size_t bytes) noexcept {
    if (bytes <= bytes_) return true;
    if (!share_.take(bytes - bytes_)) return false;
    bytes_ = bytes;
    return true;
  }
  void give_back() noexcept { share_.give(std::exchange(bytes_, 0)); }

 private:
  MemoryShare& share_;
  std::size_t bytes_ = 0;
};

}  // namespace substratee::net
