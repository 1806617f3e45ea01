#pragma once

/// CBOR (RFC 8949), what RA-TLS and DAG-CBOR need: integers, byte and text strings, arrays, maps, tags, simple values.
/// Definite lengths only; text is given as bytes, whatever its encoding.

#include "core/base/bytes.hpp"

#include <expected>
#include <string_view>

namespace substratee::cbor {

enum class Error {
  kBadCbor,  ///< not well-formed, another kind than asked for, too deep, or bytes behind the end
};

[[nodiscard]] std::string_view to_string(Error error) noexcept;

template <class T>
using Result = std::expected<T, Error>;

/// Levels that skip() follows.
inline constexpr int kMaxDepth = 4;

enum class Kind : std::uint8_t { kUnsigned, kNegative, kBytes, kText, kArray, kMap, kTag, kSimple };

enum class Heads : std::uint8_t {
  kAny,       ///< a longer head than needed is accepted: for what a hash covers as it stands
  kShortest,  ///< as DAG-CBOR demands: shortest form; of simple values false, true, null and finite 64-bit floats only
};

/// Cursor; views live as long as the input.
class Reader {
 public:
  explicit Reader(ByteView input, Heads heads = Heads::kAny) noexcept : rest_(input), heads_(heads) {}

  /// What comes next; nothing is taken.
  [[nodiscard]] Result<Kind> kind() const noexcept;

  [[nodiscard]] Result<std::uint64_t> unsigned_integer() noexcept;
  [[nodiscard]] Result<ByteView> bytes() noexcept;
  [[nodiscard]] Result<ByteView> text() noexcept;
  /// The number of items that follow; never more than there are bytes left.
  [[nodiscard]] Result<std::uint64_t> array() noexcept;
  /// The number of pairs that follow; never more than there are bytes left.
  [[nodiscard]] Result<std::uint64_t> map() noexcept;
  [[nodiscard]] Result<std::uint64_t> tag() noexcept;
  /// A negative integer, a simple value or a float.
  [[nodiscard]] Result<void> scalar() noexcept;
  /// Passes over one well-formed item of any kind.
  [[nodiscard]] Result<void> skip(int depth = kMaxDepth) noexcept;
  [[nodiscard]] Result<void> finish() const noexcept;

 private:
  struct Head {
    Kind kind{};
    std::uint64_t value{};
  };
  [[nodiscard]] Result<Head> head() noexcept;
  [[nodiscard]] bool is_shortest(Kind kind, int info, std::uint64_t value) const noexcept;
  [[nodiscard]] Result<std::uint64_t> head_of(Kind kind) noexcept;
  [[nodiscard]] Result<std::uint64_t> count_of(Kind kind) noexcept;
  [[nodiscard]] Result<ByteView> take(std::uint64_t size) noexcept;

  ByteView rest_;
  Heads heads_;
};

/// Writing, in shortest form.
[[nodiscard]] Bytes unsigned_integer(std::uint64_t value);
[[nodiscard]] Bytes byte_string(ByteView content);
[[nodiscard]] Bytes text_string(std::string_view content);
[[nodiscard]] Bytes array_head(std::uint64_t count);
[[nodiscard]] Bytes map_head(std::uint64_t pairs);
[[nodiscard]] Bytes tag_head(std::uint64_t number);

}  // namespace substratee::cbor
