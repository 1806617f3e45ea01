#pragma once

/// Little-endian fields of fixed places in quotes and reports; the caller has checked the size of the whole.

#include "core/base/bytes.hpp"
#include "core/base/check.hpp"

namespace substratee::attestation::dcap {

class Fields {
 public:
  explicit Fields(ByteView input) noexcept : rest_(input) {}

  [[nodiscard]] ByteView take(std::size_t size) noexcept {
    SUBSTRATEE_CHECK(size <= rest_.size());
    const auto taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }
  template <std::size_t N>
  [[nodiscard]] FixedBytes<N> fixed() noexcept {
    return *FixedBytes<N>::from(take(N));
  }
  template <class T>
  [[nodiscard]] T integer() noexcept {
    std::uint64_t value = 0;
    const auto octets = take(sizeof(T));
    for (std::size_t i = sizeof(T); i > 0; --i) value = value << 8 | octets[i - 1];
    return static_cast<T>(value);
  }
  /// Passes over `size` bytes; whether all of them were zero.
  [[nodiscard]] bool zeros(std::size_t size) noexcept {
    return std::ranges::all_of(take(size), [](auto octet) { return octet == 0; });
  }
  [[nodiscard]] ByteView rest() const noexcept { return rest_; }

 private:
  ByteView rest_;
};

}  // namespace substratee::attestation::dcap
