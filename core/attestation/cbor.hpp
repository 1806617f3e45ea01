#pragma once

/// CBOR (RFC 8949), what RA-TLS needs: unsigned integers, byte and text strings, arrays, maps, tags. Definite lengths
/// only; a longer head than needed is accepted (other implementations write it, and hashes cover the bytes as they
/// are); at most 4 levels deep; floats, simple values and negative integers only where they are skipped.

#include "core/attestation/error.hpp"
#include "core/base/bytes.hpp"

#include <string_view>

namespace substratee::attestation::cbor {

inline constexpr int kMaxDepth = 4;

/// Cursor; views live as long as the input. Every failure is kBadCbor.
class Reader {
 public:
  explicit Reader(ByteView input) noexcept : rest_(input) {}

  [[nodiscard]] Result<std::uint64_t> unsigned_integer() noexcept;
  [[nodiscard]] Result<ByteView> bytes() noexcept;
  [[nodiscard]] Result<ByteView> text() noexcept;
  /// The number of items that follow.
  [[nodiscard]] Result<std::uint64_t> array() noexcept;
  /// The number of pairs that follow.
  [[nodiscard]] Result<std::uint64_t> map() noexcept;
  [[nodiscard]] Result<std::uint64_t> tag() noexcept;
  /// Passes over one well-formed item of any kind.
  [[nodiscard]] Result<void> skip(int depth = kMaxDepth) noexcept;
  [[nodiscard]] Result<void> finish() const noexcept;

 private:
  struct Head {
    std::uint8_t major{};
    std::uint64_t value{};
  };
  [[nodiscard]] Result<Head> head() noexcept;
  [[nodiscard]] Result<std::uint64_t> head_of(std::uint8_t major) noexcept;
  [[nodiscard]] Result<ByteView> take(std::uint64_t size) noexcept;

  ByteView rest_;
};

/// Writing, in shortest form.
[[nodiscard]] Bytes unsigned_integer(std::uint64_t value);
[[nodiscard]] Bytes byte_string(ByteView content);
[[nodiscard]] Bytes text_string(std::string_view content);
[[nodiscard]] Bytes array_head(std::uint64_t count);
[[nodiscard]] Bytes map_head(std::uint64_t pairs);
[[nodiscard]] Bytes tag_head(std::uint64_t number);

}  // namespace substratee::attestation::cbor
