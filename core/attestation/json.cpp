#include "core/attestation/json.hpp"

#include "core/base/hex.hpp"

namespace substratee::attestation::json {
namespace {

bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_printable(char c) noexcept { return c >= 0x20 && c < 0x7f; }

/// The character for a one-letter escape, or NUL.
char unescaped(char c) noexcept {
  switch (c) {
    case '"': return '"';
    case '\\': return '\\';
    case '/': return '/';
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return '\0';
  }
}

/// What follows `\u`: four digits of a number below 0x80.
std::optional<char> from_unicode_escape(std::string_view digits) noexcept {
  if (digits.size() < 4 || digits[0] != '0' || digits[1] != '0' || digits[2] < '0' || digits[2] > '7') return {};
  const auto value = fixed_from_hex<1>(digits.substr(2, 2));
  if (!value) return {};
  return static_cast<char>((*value)[0]);
}

}  // namespace

bool Reader::Names::add(std::string_view name) noexcept {
  const auto known = std::span(names_).first(count_);
  if (count_ == kMaxMembers || std::ranges::find(known, name) != known.end()) return false;
  names_[count_++] = name;
  return true;
}

void Reader::skip_space() noexcept {
  while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
}

bool Reader::take(char c) noexcept {
  skip_space();
  if (!rest_.starts_with(c)) return false;
  rest_.remove_prefix(1);
  return true;
}

Result<std::uint64_t> Reader::integer(std::uint64_t max) noexcept {
  skip_space();
  std::uint64_t value = 0;
  std::size_t digits = 0;
  for (; digits < rest_.size() && is_digit(rest_[digits]); ++digits) {
    const auto digit = static_cast<std::uint64_t>(rest_[digits] - '0');
    if (value > (UINT64_MAX - digit) / 10) return bad();
    value = value * 10 + digit;
  }
  if (digits == 0 || (digits > 1 && rest_[0] == '0') || value > max) return bad();
  rest_.remove_prefix(digits);
  // A fraction or an exponent, which is not for here, is noticed by the caller: neither is a separator.
  return value;
}

Result<std::string_view> Reader::quoted() noexcept {
  if (!take('"')) return bad();
  std::size_t size = 0;
  while (size < rest_.size() && rest_[size] != '"') {
    if (!is_printable(rest_[size])) return bad();
    if (rest_[size] == '\\') {
      ++size;
      if (size == rest_.size()) return bad();
      if (rest_[size] == 'u' ? !from_unicode_escape(rest_.substr(size + 1)) : unescaped(rest_[size]) == '\0') {
        return bad();
      }
    }
    ++size;
  }
  if (size >= rest_.size()) return bad();
  const auto content = rest_.substr(0, size);
  rest_.remove_prefix(size + 1);
  return content;
}

Result<std::string_view> Reader::string() noexcept {
  const auto content = SUBSTRATEE_TRY(quoted());
  if (content.find('\\') != std::string_view::npos) return bad();
  return content;
}

Result<std::string> Reader::text() {
  auto content = SUBSTRATEE_TRY(quoted());
  std::string out;
  out.reserve(content.size());
  while (!content.empty()) {
    const bool escape = content.front() == '\\';
    const bool unicode = escape && content[1] == 'u';
    out += !escape ? content[0] : unicode ? *from_unicode_escape(content.substr(2)) : unescaped(content[1]);
    content.remove_prefix(unicode ? 6 : escape ? 2 : 1);
  }
  return out;
}

Result<void> Reader::skip_word() noexcept {
  for (const std::string_view word : {"true", "false", "null"}) {
    if (!rest_.starts_with(word)) continue;
    rest_.remove_prefix(word.size());
    return {};
  }
  return bad();
}

Result<void> Reader::skip_value() noexcept {
  skip_space();
  if (rest_.empty()) return bad();
  switch (rest_.front()) {
    case '{': return object([](std::string_view, Reader& in) noexcept { return in.skip_value(); });
    case '[': return array([](Reader& in) noexcept { return in.skip_value(); });
    case '"': SUBSTRATEE_TRY(quoted()); return {};
    default: break;
  }
  if (!is_digit(rest_.front())) return skip_word();
  SUBSTRATEE_TRY(integer(UINT64_MAX));
  return {};
}

Result<std::string_view> Reader::skip() noexcept {
  skip_space();
  const auto before = rest_;
  SUBSTRATEE_TRY(skip_value());
  return before.substr(0, before.size() - rest_.size());
}

Result<void> Reader::finish() noexcept {
  skip_space();
  if (!rest_.empty()) return bad();
  return {};
}

}  // namespace substratee::attestation::json
