#pragma once

/// An HTTP request as a handler sees it, and the answer it gives. RFC 9110.

#include "core/base/bytes.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace substratee::net {

/// In order of arrival; names compare without case.
using Headers = std::vector<std::pair<std::string, std::string>>;

/// The first value of `name`, or nullptr.
[[nodiscard]] const std::string* find_header(const Headers& headers, std::string_view name);

struct Request {
  std::string method;  ///< "GET"; HEAD arrives as GET, its body is left out of the answer
  std::string path;    ///< as sent, not percent-decoded
  std::string query;   ///< behind '?', as sent
  Headers headers;
  std::string body;          ///< any bytes, at most ServerOptions::max_body
  std::string peer_address;  ///< without port
};

/// A body that is made while it is sent: a piece is asked for once the one before is out, so that a slow client costs
/// one piece of memory. Called on worker threads, one call at a time, not again after the end or a failure.
class BodyStream {
 public:
  virtual ~BodyStream() = default;

  /// The next piece; empty at the end. Nothing if there is no going on: the connection is cut, which tells the client
  /// that the body is not complete.
  [[nodiscard]] virtual std::optional<Bytes> next() = 0;
};

struct Response {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  Headers headers;
  std::variant<std::string, Bytes, std::shared_ptr<BodyStream>> body;

  [[nodiscard]] static Response text(unsigned status, std::string body);
  [[nodiscard]] static Response json(unsigned status, std::string body);
  [[nodiscard]] static Response bytes(std::string content_type, Bytes body);

  [[nodiscard]] static Response stream(std::string content_type, std::shared_ptr<BodyStream> body);

  /// Empty for a stream.
  [[nodiscard]] std::string_view body_view() const;
  /// nullptr for a body that is there as a whole.
  [[nodiscard]] BodyStream* body_stream() const;
};

}  // namespace substratee::net
