#pragma once

/// SCALE, Substrate's codec: little-endian integers, compact lengths, no type information on the wire.
/// Vocabulary: encoder = growing output; decoder = cursor over a view.
/// Strict: one value has one encoding; what remains unread is an error unless asked for.
/// Not its job: hex, JSON, hashing.
/// Specification: docs.substrate.io, "Type encoding (SCALE)"; vectors in tests/vectors/substrate/scale.json.

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"
#include "core/base/uint128.hpp"

#include <string_view>

namespace substratee::scale {

enum class Error {
  kTruncated,            ///< the input ends inside a value
  kTrailingBytes,        ///< the input goes on behind the value
  kNonCanonicalCompact,  ///< a compact integer in a longer form than needed
  kOutOfRange,           ///< a compact integer that its type cannot hold
  kInvalidBool,          ///< a bool other than 00 and 01
  kInvalidOption,        ///< an option byte other than 00 and 01
  kUnknownVariant,       ///< an enum index without a meaning
  kTooLong,              ///< a sequence over its bound
  kInvalidUtf8,          ///< text that is not UTF-8
};

[[nodiscard]] std::string_view to_string(Error error) noexcept;

template <class T>
using Result = std::expected<T, Error>;

/// Growing output.
class Encoder {
 public:
  /// Room for so many bytes in one allocation; more may come.
  void reserve(std::size_t size) { out_.reserve(size); }
  void byte(std::uint8_t value) { out_.push_back(value); }
  void raw(ByteView bytes) { append(out_, bytes); }
  void little_endian(u128 value, std::size_t size);
  void compact(u128 value);

  [[nodiscard]] const Bytes& bytes() const noexcept { return out_; }
  [[nodiscard]] Bytes take() && noexcept { return std::move(out_); }

 private:
  Bytes out_;
};

/// Cursor over bytes that somebody else owns. After an error the position is unspecified.
class Decoder {
 public:
  explicit Decoder(ByteView input) noexcept : rest_(input) {}

  [[nodiscard]] Result<std::uint8_t> byte() noexcept;
  [[nodiscard]] Result<ByteView> raw(std::size_t size) noexcept;
  /// `size` ≤ 16 bytes.
  [[nodiscard]] Result<u128> little_endian(std::size_t size) noexcept;
  /// At most `limit`, canonical.
  [[nodiscard]] Result<u128> compact(u128 limit) noexcept;
  [[nodiscard]] ByteView rest() const noexcept { return rest_; }

 private:
  ByteView rest_;
};

/// RFC 3629: no overlong forms, no surrogates, at most U+10FFFF.
[[nodiscard]] bool is_utf8(ByteView text) noexcept;

}  // namespace substratee::scale
