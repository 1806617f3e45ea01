#pragma once

/// A file descriptor that closes itself.

#include <unistd.h>

#include <utility>

namespace substratee::enclave::platform {

class Descriptor {
 public:
  explicit Descriptor(int value) noexcept : value_(value) {}
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  [[nodiscard]] bool is_open() const noexcept { return value_ >= 0; }
  [[nodiscard]] int get() const noexcept { return value_; }
  /// Closes it where the result matters; that of close().
  [[nodiscard]] int close() noexcept { return ::close(std::exchange(value_, -1)); }

 private:
  int value_;
};

}  // namespace substratee::enclave::platform
