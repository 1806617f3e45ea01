#pragma once

/// A fuzz target: one function over bytes that must never crash, hang or grow, and inputs to start from.
/// Linked with run.cpp it is a short test under ctest; with libFuzzer (tools/fuzz.sh) it runs as long as one likes.

#include "core/base/bytes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace substratee::fuzz {

/// Valid inputs, which mutation starts from.
[[nodiscard]] std::vector<Bytes> seeds();

/// Reads an input piece by piece; zeros when it is used up.
class Input {
 public:
  explicit Input(ByteView bytes) noexcept : rest_(bytes) {}
  [[nodiscard]] bool empty() const noexcept { return rest_.empty(); }
  [[nodiscard]] std::uint8_t byte() noexcept {
    if (rest_.empty()) return 0;
    const auto value = rest_.front();
    rest_ = rest_.subspan(1);
    return value;
  }
  [[nodiscard]] std::size_t number() noexcept {
    const std::size_t low = byte();
    return low | static_cast<std::size_t>(byte()) << 8;
  }
  /// At most `size` bytes.
  [[nodiscard]] ByteView bytes(std::size_t size) noexcept {
    const auto out = rest_.first(std::min(size, rest_.size()));
    rest_ = rest_.subspan(out.size());
    return out;
  }
  [[nodiscard]] ByteView rest() noexcept { return bytes(rest_.size()); }

 private:
  ByteView rest_;
};

}  // namespace substratee::fuzz
