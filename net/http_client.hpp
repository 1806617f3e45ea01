#pragma once

/// HTTP/1.1 requests, blocking, plain or over TLS (1.2 and later; the server's certificate and name are verified).
/// Redirections are not followed; a status is not a failure.

#include "net/failure.hpp"
#include "net/http.hpp"
#include "net/url.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <stop_token>
#include <string>

namespace substratee::net {

struct HttpRequest {
  std::string method = "GET";
  std::string url;  ///< http://… or https://…; HttpConnection also takes a target ("/path?query")
  Headers headers;
  std::string body;
};

struct HttpResponse {
  unsigned status = 0;
  Headers headers;   ///< and, behind them, the trailers of a chunked answer
  std::string body;  ///< any bytes
};

struct HttpOptions {
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds total_timeout{30'000};  ///< connecting included
  std::size_t max_body = std::size_t{64} << 20;     ///< bytes of the answer's body
  std::string ca_file{};  ///< https: PEM file of the authorities trusted; empty: those of the system
};

/// One request on a connection of its own. Failures: kBadUrl, kUnreachable, kTimeout, kClosed, kTooLarge, kProtocol,
/// kRefused (a server whose certificate does not hold).
[[nodiscard]] Result<HttpResponse> fetch(const HttpRequest& request, const HttpOptions& options = {});

/// Many requests to one server, one after the other on one connection; it is opened at the first request and again
/// whenever the server has closed it in between. For one thread at a time.
class HttpConnection {
 public:
  explicit HttpConnection(Url server, HttpOptions options = {});
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  /// Fails with kBadUrl if the request's URL names another server. A stop request ends it at once, with kClosed.
  [[nodiscard]] Result<HttpResponse> send(const HttpRequest& request, const std::stop_token& stop = {});

 private:
  class Link;
  std::unique_ptr<Link> link_;
};

}  // namespace substratee::net
