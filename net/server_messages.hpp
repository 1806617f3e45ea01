#pragma once

/// Between Beast's HTTP messages and ours. Private to server.cpp: this header includes Beast.

#include "net/http.hpp"

#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <string>
#include <string_view>

namespace substratee::net {

namespace beast = boost::beast;
namespace http = boost::beast::http;

using RequestParser = http::request_parser<http::string_body>;
using TextResponse = http::response<http::span_body<const char>>;

/// There is no memory for the request's body.
inline beast::error_code no_memory() { return beast::errc::make_error_code(beast::errc::not_enough_memory); }

/// The status for a request that could not be read; 0 if there is nobody left to tell.
inline unsigned status_of(beast::error_code error) {
  if (error == http::error::body_limit) return 413;
  if (error == no_memory()) return 503;
  if (error == http::error::header_limit || error == http::error::buffer_overflow) return 431;
  if (error == http::error::end_of_stream || error == http::error::partial_message) return 0;
  return error.category() == http::make_error_code(http::error::bad_method).category() ? 400 : 0;
}

inline std::string_view reason_of(unsigned status) {
  switch (status) {
    case 403: return "Web pages of this origin may not call this server.\n";
    case 413: return "The request is larger than this server takes.\n";
    case 429: return "Too many connections from this address; close some.\n";
    case 431: return "The request's header is larger than this server takes.\n";
    case 503: return "The server is busy; try again in a moment.\n";
    case 505: return "This answer comes in chunks, which HTTP/1.0 does not have; ask with HTTP/1.1.\n";
    default: return "This is not a valid HTTP request.\n";
  }
}

inline Response refusal(unsigned status) {
  auto out = Response::text(status, std::string(reason_of(status)));
  if (status == 429 || status == 503) out.headers.emplace_back("Retry-After", "1");
  return out;
}

inline Request to_request(RequestParser& parser, const std::string& peer) {
  auto& message = parser.get();
  Request out;
  out.method = message.method() == http::verb::head ? "GET" : std::string(message.method_string());
  const std::string target = message.target();
  const auto mark = target.find('?');
  out.path = target.substr(0, mark);
  out.query = mark == std::string::npos ? "" : target.substr(mark + 1);
  for (const auto& field : message) out.headers.emplace_back(field.name_string(), field.value());
  out.body = std::move(message.body());
  out.peer_address = peer;
  return out;
}

/// Which web pages may read an answer, beside those that its own header names.
enum class Readers { kAnyPage, kNone };

/// Status and header of the answer, nothing about the body's size.
template <class Message>
Message to_head(const Response& response, bool keep_alive, Readers readers) {
  Message out(static_cast<http::status>(response.status), 11);
  if (readers == Readers::kAnyPage) out.set(http::field::access_control_allow_origin, "*");
  out.set("X-Content-Type-Options", "nosniff");
  // A handler may repeat what a stranger sent: a line break would begin a header of the stranger's.
  const auto set = [&out](std::string_view name, std::string_view value) {
    if (value.find_first_of("\r\n") == std::string_view::npos) out.set(name, value);
  };
  set("Content-Type", response.content_type);
  for (const auto& [name, value] : response.headers) set(name, value);
  out.keep_alive(keep_alive);
  return out;
}

/// The header of an answer whose body follows in chunks.
inline http::response<http::empty_body> to_stream_head(const Response& response, bool keep_alive, Readers readers) {
  auto out = to_head<http::response<http::empty_body>>(response, keep_alive, readers);
  out.chunked(true);
  return out;
}

/// The view into `response` must not outlive it.
inline TextResponse to_message(const Response& response, bool keep_alive, Readers readers) {
  auto out = to_head<TextResponse>(response, keep_alive, readers);
  const bool has_body = response.status >= 200 && response.status != 204 && response.status != 304;
  if (has_body) {
    const auto view = response.body_view();
    out.body() = beast::span<const char>(view.data(), view.size());
  } else {
    out.erase(http::field::content_type);
  }
  out.prepare_payload();
  return out;
}

inline Response preflight(const std::string& allowed) {
  if (allowed.empty()) return Response::text(404, "Nothing is at this path.\n");
  auto out = Response::text(204, {});
  out.headers = {{"Allow", allowed},
                 {"Access-Control-Allow-Methods", allowed},
                 {"Access-Control-Allow-Headers", "*, Content-Type, Authorization"},
                 {"Access-Control-Max-Age", "86400"}};
  return out;
}

}  // namespace substratee::net
