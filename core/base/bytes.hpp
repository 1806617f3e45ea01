#pragma once

/// Bytes and byte strings of fixed size. Base lives in namespace substratee itself: every room speaks these words.

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace substratee {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;
using MutableByteView = std::span<std::uint8_t>;

/// The characters of `text` as bytes; the view lives as long as `text`.
[[nodiscard]] inline ByteView as_bytes(std::string_view text) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// The bytes as characters; no encoding is implied.
[[nodiscard]] inline std::string_view as_text(ByteView bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

[[nodiscard]] inline Bytes to_bytes(ByteView view) { return {view.begin(), view.end()}; }

inline void append(Bytes& out, ByteView more) { out.insert(out.end(), more.begin(), more.end()); }

/// One byte string from several, in order.
template <class... Views>
[[nodiscard]] Bytes concat(const Views&... views) {
  Bytes out;
  out.reserve((ByteView(views).size() + ... + 0));
  (append(out, ByteView(views)), ...);
  return out;
}

/// Exactly N bytes, compared as a byte string (not in constant time: for public values only).
template <std::size_t N>
struct FixedBytes {
  std::array<std::uint8_t, N> bytes{};

  static constexpr std::size_t kSize = N;

  /// Nothing unless `view` has exactly N bytes.
  [[nodiscard]] static std::optional<FixedBytes> from(ByteView view) noexcept {
    if (view.size() != N) return std::nullopt;
    FixedBytes out;
    std::copy(view.begin(), view.end(), out.bytes.begin());
    return out;
  }

  [[nodiscard]] constexpr std::uint8_t* data() noexcept { return bytes.data(); }
  [[nodiscard]] constexpr const std::uint8_t* data() const noexcept { return bytes.data(); }
  [[nodiscard]] static constexpr std::size_t size() noexcept { return N; }
  [[nodiscard]] constexpr auto begin() noexcept { return bytes.begin(); }
  [[nodiscard]] constexpr auto begin() const noexcept { return bytes.begin(); }
  [[nodiscard]] constexpr auto end() noexcept { return bytes.end(); }
  [[nodiscard]] constexpr auto end() const noexcept { return bytes.end(); }
  [[nodiscard]] constexpr std::uint8_t& operator[](std::size_t i) noexcept { return bytes[i]; }
  [[nodiscard]] constexpr const std::uint8_t& operator[](std::size_t i) const noexcept { return bytes[i]; }

  friend auto operator<=>(const FixedBytes&, const FixedBytes&) = default;
  friend bool operator==(const FixedBytes&, const FixedBytes&) = default;
};

using Hash256 = FixedBytes<32>;

}  // namespace substratee
