#pragma once

/// Internal to core/crypto: HMAC-SHA256 and HKDF-SHA256 over several parts, without joining them. All state is
/// taken for secret and wiped.

#include "core/base/bytes.hpp"

#include <initializer_list>

namespace substratee::crypto::detail {

class HmacSha256 {
 public:
  explicit HmacSha256(ByteView key) noexcept;
  HmacSha256(const HmacSha256&) = delete;
  HmacSha256& operator=(const HmacSha256&) = delete;
  ~HmacSha256();
  void update(ByteView data) noexcept;
  /// Once, last.
  void finish(std::span<std::uint8_t, 32> out) noexcept;

 private:
  // Room for the hash library's state, so that its header stays in the source.
  static constexpr std::size_t kStateSize = 128;
  alignas(16) std::array<std::uint8_t, kStateSize> inner_;
  alignas(16) std::array<std::uint8_t, kStateSize> outer_;
};

using Parts = std::initializer_list<ByteView>;

/// RFC 5869, 2.2; the input key is the parts in order.
void hkdf_extract_parts(ByteView salt, Parts input_key, std::span<std::uint8_t, 32> out) noexcept;
/// RFC 5869, 2.3; the info is the parts in order. `out` ≤ 8160 bytes.
void hkdf_expand_parts(ByteView pseudo_random_key, Parts info, MutableByteView out) noexcept;

}  // namespace substratee::crypto::detail
