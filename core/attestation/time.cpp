#include "core/attestation/time.hpp"

#include "core/base/check.hpp"

#include <optional>

namespace substratee::attestation::x509 {
namespace {

std::unexpected<Error> bad() { return std::unexpected(Error::kBadCertificate); }

/// `digits` decimal digits at the front, which are taken away.
std::optional<unsigned> take_number(ByteView& text, std::size_t digits) noexcept {
  if (text.size() < digits) return std::nullopt;
  unsigned value = 0;
  for (const auto c : text.first(digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text = text.subspan(digits);
  return value;
}

bool is_leap(unsigned year) noexcept { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

unsigned days_in(unsigned year, unsigned month) noexcept {
  constexpr std::array<unsigned, 12> kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : kDays[month - 1];
}

/// Days from 1970-01-01 to the first day of `year`.
std::uint64_t days_before(unsigned year) noexcept {
  const std::uint64_t y = year - 1;
  return 365 * y + y / 4 - y / 100 + y / 400 - 719162;
}

/// MMDDHHMMSSZ of a known year.
std::optional<UnixSeconds> take_in_year(unsigned year, ByteView text) noexcept {
  const auto month = take_number(text, 2);
  const auto day = take_number(text, 2);
  const auto hour = take_number(text, 2);
  const auto minute = take_number(text, 2);
  const auto second = take_number(text, 2);
  if (!month || !day || !hour || !minute || !second || text.size() != 1 || text[0] != 'Z') return {};
  if (*month < 1 || *month > 12 || *day < 1 || *day > days_in(year, *month)) return {};
  if (*hour > 23 || *minute > 59 || *second > 59) return {};
  std::uint64_t days = days_before(year) + *day - 1;
  for (unsigned m = 1; m < *month; ++m) days += days_in(year, m);
  return ((days * 24 + *hour) * 60 + *minute) * 60 + *second;
}

Result<UnixSeconds> read_in_year(unsigned year, ByteView text) noexcept {
  const auto time = take_in_year(year, text);
  if (!time) return bad();
  return *time;
}

struct Calendar {
  unsigned year{};
  unsigned month{};
  unsigned day{};
  unsigned hour{};
  unsigned minute{};
  unsigned second{};
};

Calendar to_calendar(UnixSeconds time) noexcept {
  std::uint64_t days = time / 86400;
  unsigned year = 1970;
  while (year < 10000 && days >= (is_leap(year) ? 366u : 365u)) days -= is_leap(year++) ? 366u : 365u;
  SUBSTRATEE_CHECK(year < 10000);
  unsigned month = 1;
  while (days >= days_in(year, month)) days -= days_in(year, month++);
  const auto seconds = static_cast<unsigned>(time % 86400);
  return {year, month, static_cast<unsigned>(days) + 1, seconds / 3600, seconds / 60 % 60, seconds % 60};
}

std::string digits(unsigned value, std::size_t count) {
  const auto text = std::to_string(value);
  return std::string(count - text.size(), '0') + text;
}

}  // namespace

Bytes write_time(UnixSeconds time) {
  const auto calendar = to_calendar(time);
  const bool utc = calendar.year < 2050;
  const auto year = utc ? digits(calendar.year % 100, 2) : digits(calendar.year, 4);
  const auto text = year + digits(calendar.month, 2) + digits(calendar.day, 2) + digits(calendar.hour, 2) +
                    digits(calendar.minute, 2) + digits(calendar.second, 2) + "Z";
  return der::element(utc ? der::kUtcTime : der::kGeneralizedTime, as_bytes(text));
}

std::string write_rfc3339(UnixSeconds time) {
  const auto calendar = to_calendar(time);
  return digits(calendar.year, 4) + "-" + digits(calendar.month, 2) + "-" + digits(calendar.day, 2) + "T" +
         digits(calendar.hour, 2) + ":" + digits(calendar.minute, 2) + ":" + digits(calendar.second, 2) + "Z";
}

Result<UnixSeconds> read_rfc3339(std::string_view text) noexcept {
  constexpr std::string_view kForm = "####-##-##T##:##:##Z";
  if (text.size() != kForm.size()) return std::unexpected(Error::kBadJson);
  // Without its separators it is the form of certificates.
  std::array<std::uint8_t, 15> digits{};
  std::size_t count = 0;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    if (kForm[i] != '#' && text[i] != kForm[i]) return std::unexpected(Error::kBadJson);
    if (kForm[i] == '#' || kForm[i] == 'Z') digits[count++] = static_cast<std::uint8_t>(text[i]);
  }
  ByteView rest(digits);
  const auto year = take_number(rest, 4);
  const auto time = year && *year >= 1970 ? take_in_year(*year, rest) : std::nullopt;
  if (!time) return std::unexpected(Error::kBadJson);
  return *time;
}

namespace {

/// GeneralizedTime of `first_year` or later, else UTCTime.
Result<UnixSeconds> read_time_from(unsigned first_year, der::Reader& in) noexcept {
  const auto element = SUBSTRATEE_TRY(in.next());
  auto text = element.content;
  if (element.tag == der::kUtcTime) {
    const auto short_year = take_number(text, 2);
    if (!short_year) return bad();
    const unsigned year = *short_year + (*short_year >= 50 ? 1900 : 2000);
    return year < 1970 ? bad() : read_in_year(year, text);
  }
  if (element.tag != der::kGeneralizedTime) return bad();
  const auto year = take_number(text, 4);
  return !year || *year < first_year ? bad() : read_in_year(*year, text);
}

}  // namespace

Result<UnixSeconds> read_time(der::Reader& in) noexcept { return read_time_from(2050, in); }

Result<UnixSeconds> read_loose_time(der::Reader& in) noexcept { return read_time_from(1970, in); }

}  // namespace substratee::attestation::x509
