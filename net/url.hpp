#pragma once

/// Addresses of services: http://host:port/path?query, https://…, ws://…, tcp://host:port. RFC 3986, the part that
/// names a service; no user names, no fragments. Our own services are plain text (what is private is sealed end to
/// end); https is for those of others.

#include "net/failure.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace substratee::net {

struct Url {
  std::string scheme;      ///< "http", "https", "ws" or "tcp"
  std::string host;        ///< name, IPv4, or IPv6 without its brackets
  std::uint16_t port = 0;  ///< never 0; default 80 for http and ws, 443 for https
  std::string target;      ///< path and query, begins with '/'; empty for tcp

  /// At most 2048 characters. tcp needs a port and takes no path. Fails with kBadUrl.
  [[nodiscard]] static Result<Url> parse(std::string_view text);

  /// "host:port", with brackets around IPv6.
  [[nodiscard]] std::string authority() const;

  /// Canonical text; parse gives an equal Url. The port is always written.
  [[nodiscard]] std::string to_string() const;

  friend bool operator==(const Url&, const Url&) = default;
};

/// "%20" to " "; nothing on a '%' without two hexadecimal digits.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);

}  // namespace substratee::net
