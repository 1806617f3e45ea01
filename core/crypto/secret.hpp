#pragma once

/// Secret<N>: N bytes on pages of their own, locked, excluded from dumps, wiped at the end; moved, never copied,
/// never compared or formatted. For keys that live long. For intermediate values on the stack: Wiped<N>.

#include "core/base/bytes.hpp"
#include "core/base/random.hpp"

#include <utility>

namespace substratee::crypto {

/// Overwrites in a way that the compiler keeps.
void wipe(MutableByteView bytes) noexcept;

/// Same time whatever the bytes; sizes must be equal, else false.
[[nodiscard]] bool equal_in_constant_time(ByteView a, ByteView b) noexcept;

namespace detail {
[[nodiscard]] std::uint8_t* allocate_secret(std::size_t size) noexcept;
void free_secret(std::uint8_t* bytes) noexcept;
}  // namespace detail

template <std::size_t N>
class Secret {
 public:
  static constexpr std::size_t kSize = N;

  Secret() noexcept : bytes_(detail::allocate_secret(N)) {}
  Secret(Secret&& other) noexcept : bytes_(std::exchange(other.bytes_, nullptr)) {}
  Secret& operator=(Secret&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { detail::free_secret(bytes_); }

  [[nodiscard]] static Secret draw(Random& random) {
    Secret secret;
    random.fill(secret.mutable_view());
    return secret;
  }
  /// Nothing unless `view` has exactly N bytes. The caller wipes its own copy.
  [[nodiscard]] static std::optional<Secret> from(ByteView view) noexcept {
    if (view.size() != N) return std::nullopt;
    Secret secret;
    std::copy(view.begin(), view.end(), secret.bytes_);
    return secret;
  }
  /// An explicit second copy, where two owners really need one.
  [[nodiscard]] Secret clone() const noexcept { return *from(view()); }

  [[nodiscard]] std::span<const std::uint8_t, N> view() const noexcept {
    return std::span<const std::uint8_t, N>(bytes_, N);
  }
  [[nodiscard]] std::span<std::uint8_t, N> mutable_view() noexcept { return std::span<std::uint8_t, N>(bytes_, N); }

 private:
  std::uint8_t* bytes_;
};

/// N bytes on the stack, wiped at the end of scope.
template <std::size_t N>
struct Wiped {
  std::array<std::uint8_t, N> bytes{};
  Wiped() = default;
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;
  ~Wiped() { wipe(bytes); }
};

/// A byte buffer that wipes itself: decrypted plaintext of variable size.
class WipedBytes {
 public:
  WipedBytes() = default;
  explicit WipedBytes(Bytes bytes) noexcept : bytes_(std::move(bytes)) {}
  WipedBytes(WipedBytes&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  WipedBytes& operator=(WipedBytes&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  WipedBytes(const WipedBytes&) = delete;
  WipedBytes& operator=(const WipedBytes&) = delete;
  ~WipedBytes() { wipe(bytes_); }
  [[nodiscard]] ByteView view() const noexcept { return bytes_; }
  [[nodiscard]] Bytes& bytes() noexcept { return bytes_; }

 private:
  Bytes bytes_;
};

}  // namespace substratee::crypto
