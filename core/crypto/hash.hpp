#pragma once

/// Hashes. SHA-2 (FIPS 180-4), BLAKE2b with its own digest length (RFC 7693), xxHash64 as Substrate's "twox".
/// All values are public; nothing here is meant for secrets except hmac_sha256.

#include "core/base/bytes.hpp"

namespace substratee::crypto {

[[nodiscard]] Hash256 sha256(ByteView data) noexcept;
[[nodiscard]] FixedBytes<48> sha384(ByteView data) noexcept;
[[nodiscard]] FixedBytes<64> sha512(ByteView data) noexcept;

/// SHA-256 over parts, without joining them.
class Sha256 {
 public:
  Sha256() noexcept;
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void update(ByteView data) noexcept;
  [[nodiscard]] Hash256 finish() noexcept;

 private:
  alignas(16) std::array<std::uint8_t, 128> state_;
};

/// BLAKE2b with a digest of 8, 16, 32 or 64 bytes (not truncated).
[[nodiscard]] FixedBytes<8> blake2_64(ByteView data) noexcept;
[[nodiscard]] FixedBytes<16> blake2_128(ByteView data) noexcept;
[[nodiscard]] Hash256 blake2_256(ByteView data) noexcept;
[[nodiscard]] FixedBytes<64> blake2_512(ByteView data) noexcept;

/// Substrate's twox: XXH64 with seeds 0 (and 1, and 2 and 3), little-endian.
[[nodiscard]] FixedBytes<8> twox_64(ByteView data) noexcept;
[[nodiscard]] FixedBytes<16> twox_128(ByteView data) noexcept;
[[nodiscard]] Hash256 twox_256(ByteView data) noexcept;

}  // namespace substratee::crypto
