#pragma once

/// JSON (RFC 8259), the strict subset that collateral is written in: objects, arrays, strings, integers from 0 to
/// 2^64 - 1, true, false, null. At most 8 levels deep and 64 members in an object, no name twice in one object, names
/// without escapes, text in printable ASCII. Nothing is allocated but by text(): a reader passes over its input once.
/// The rules are our own because they decide block results. Every failure is kBadJson.

#include "core/attestation/error.hpp"
#include "core/base/bytes.hpp"

#include <array>
#include <string>
#include <string_view>

namespace substratee::attestation::json {

inline constexpr int kMaxDepth = 8;
inline constexpr std::size_t kMaxMembers = 64;

/// Cursor; views live as long as the input.
class Reader {
 public:
  explicit Reader(ByteView input) noexcept : rest_(as_text(input)) {}
  explicit Reader(std::string_view input) noexcept : rest_(input) {}

  /// Passes over an object; `member(name, in)` must read exactly the member's value, with skip() when it does not care.
  template <class Member>
  [[nodiscard]] Result<void> object(Member member);
  /// Passes over an array; `element(in)` must read exactly one element.
  template <class Element>
  [[nodiscard]] Result<void> array(Element element);

  [[nodiscard]] Result<std::uint64_t> integer(std::uint64_t max) noexcept;
  /// A string without escapes.
  [[nodiscard]] Result<std::string_view> string() noexcept;
  /// A string, escapes resolved; \u only below 0x80.
  [[nodiscard]] Result<std::string> text();
  /// The next value as it stands, whatever it is: all of it is checked.
  [[nodiscard]] Result<std::string_view> skip() noexcept;
  /// Nothing but white space is left.
  [[nodiscard]] Result<void> finish() noexcept;

 private:
  /// Names of one object so far.
  class Names {
   public:
    [[nodiscard]] bool add(std::string_view name) noexcept;

   private:
    std::array<std::string_view, kMaxMembers> names_;
    std::size_t count_ = 0;
  };

  [[nodiscard]] static std::unexpected<Error> bad() noexcept { return std::unexpected(Error::kBadJson); }
  void skip_space() noexcept;
  [[nodiscard]] bool take(char c) noexcept;
  /// The characters between quotation marks, escapes checked and left as they are.
  [[nodiscard]] Result<std::string_view> quoted() noexcept;
  [[nodiscard]] Result<void> skip_value() noexcept;
  [[nodiscard]] Result<void> skip_word() noexcept;

  std::string_view rest_;
  int depth_ = 0;
};

template <class Member>
Result<void> Reader::object(Member member) {
  if (!take('{') || ++depth_ > kMaxDepth) return bad();
  Names names;
  if (!take('}')) {
    do {
      const auto name = SUBSTRATEE_TRY(string());
      if (!names.add(name) || !take(':')) return bad();
      SUBSTRATEE_TRY(member(name, *this));
    } while (take(','));
    if (!take('}')) return bad();
  }
  --depth_;
  return {};
}

template <class Element>
Result<void> Reader::array(Element element) {
  if (!take('[') || ++depth_ > kMaxDepth) return bad();
  if (!take(']')) {
    do {
      SUBSTRATEE_TRY(element(*this));
    } while (take(','));
    if (!take(']')) return bad();
  }
  --depth_;
  return {};
}

}  // namespace substratee::attestation::json
