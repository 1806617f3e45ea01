#include "net/url.hpp"

#include "core/base/hex.hpp"
#include "core/base/result.hpp"

#include <fmt/format.h>

#include <charconv>

namespace substratee::net {
namespace {

constexpr std::size_t kMaxUrl = 2048;
constexpr std::size_t kMaxHost = 253;

bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

bool is_alnum(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool is_name(std::string_view host) {
  return !host.empty() && host.size() <= kMaxHost &&
         std::ranges::all_of(host, [](char c) { return is_alnum(c) || is_one_of(c, ".-_"); });
}

bool is_ipv6(std::string_view host) {
  return host.size() >= 2 && host.size() <= 45 && host.find(':') != std::string_view::npos &&
         std::ranges::all_of(host, [](char c) { return is_one_of(c, "0123456789abcdefABCDEF:."); });
}

/// Printable ASCII without space and '#': what may stand in a request line.
bool is_target(std::string_view target) {
  return std::ranges::all_of(target, [](char c) { return c > ' ' && c < 0x7f && c != '#'; });
}

std::optional<std::uint16_t> to_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

std::unexpected<Failure> bad(std::string_view text, std::string_view why) {
  return fail(FailureCode::kBadUrl, fmt::format("'{}': {}", text.substr(0, 200), why),
              "write it as http://host:port/path, https://…, ws://host:port or tcp://host:port");
}

/// Takes the host off the front of `rest`; what stays is empty or ":port".
std::optional<std::string> take_host(std::string_view& rest) {
  if (rest.starts_with('[')) {
    const auto end = rest.find(']');
    if (end == std::string_view::npos || !is_ipv6(rest.substr(1, end - 1))) return std::nullopt;
    std::string host(rest.substr(1, end - 1));
    rest.remove_prefix(end + 1);
    return host;
  }
  const auto host = rest.substr(0, rest.find(':'));
  if (!is_name(host)) return std::nullopt;
  rest.remove_prefix(host.size());
  return std::string(host);
}

Result<std::uint16_t> read_port(std::string_view text, std::string_view rest, std::string_view scheme) {
  if (rest.empty() && scheme == "tcp") return bad(text, "the port is missing");
  if (rest.empty()) return scheme == "https" ? 443 : 80;
  const auto port = rest.starts_with(':') ? to_port(rest.substr(1)) : std::nullopt;
  if (!port) return bad(text, "the port is not a number from 1 to 65535");
  return *port;
}

}  // namespace

Result<Url> Url::parse(std::string_view text) {
  if (text.size() > kMaxUrl) return bad(text, "longer than 2048 characters");
  const auto colon = text.find("://");
  if (colon == std::string_view::npos) return bad(text, "the scheme is missing");
  Url url;
  url.scheme = text.substr(0, colon);
  const bool is_tcp = url.scheme == "tcp";
  if (!is_tcp && url.scheme != "http" && url.scheme != "https" && url.scheme != "ws") {
    return bad(text, "the scheme is not http, https, ws or tcp");
  }

  auto rest = text.substr(colon + 3);
  const auto slash = rest.find_first_of("/?#");
  url.target = slash == std::string_view::npos ? "" : rest.substr(slash);
  rest = rest.substr(0, slash);
  auto host = take_host(rest);
  if (!host) return bad(text, "the host is missing or has foreign characters");
  url.host = std::move(*host);
  url.port = SUBSTRATEE_TRY(read_port(text, rest, url.scheme));

  if (is_tcp && !url.target.empty()) return bad(text, "tcp takes no path");
  if (!is_target(url.target)) return bad(text, "the path has characters that must be percent-encoded, or a fragment");
  if (!is_tcp && !url.target.starts_with('/')) url.target.insert(0, "/");
  return url;
}

std::string Url::authority() const {
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port) : fmt::format("[{}]:{}", host, port);
}

std::string Url::to_string() const { return fmt::format("{}://{}{}", scheme, authority(), target); }

std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    // The length is checked before from_hex, which would take "0x" as a prefix of nothing.
    const auto digits = text.substr(i + 1, 2);
    if (digits.size() != 2 || (digits[1] | 0x20) == 'x') return std::nullopt;
    const auto byte = from_hex(digits);
    if (!byte) return std::nullopt;
    out += static_cast<char>(byte->front());
    i += 2;
  }
  return out;
}

}  // namespace substratee::net
