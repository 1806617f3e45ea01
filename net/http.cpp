#include "net/http.hpp"

namespace substratee::net {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal_without_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

const std::string* find_header(const Headers& headers, std::string_view name) {
  const auto found = std::ranges::find_if(headers, [&](const auto& h) { return equal_without_case(h.first, name); });
  return found == headers.end() ? nullptr : &found->second;
}

Response Response::text(unsigned status, std::string body) {
  Response out;
  out.status = status;
  out.body = std::move(body);
  return out;
}

Response Response::json(unsigned status, std::string body) {
  Response out = text(status, std::move(body));
  out.content_type = "application/json";
  return out;
}

Response Response::bytes(std::string content_type, Bytes body) {
  Response out;
  out.content_type = std::move(content_type);
  out.body = std::move(body);
  return out;
}

Response Response::stream(std::string content_type, std::shared_ptr<BodyStream> body) {
  Response out;
  out.content_type = std::move(content_type);
  out.body = std::move(body);
  return out;
}

std::string_view Response::body_view() const {
  if (const auto* bytes = std::get_if<Bytes>(&body)) return as_text(*bytes);
  const auto* text = std::get_if<std::string>(&body);
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

BodyStream* Response::body_stream() const {
  const auto* stream = std::get_if<std::shared_ptr<BodyStream>>(&body);
  return stream == nullptr ? nullptr : stream->get();
}

}  // namespace substratee::net
