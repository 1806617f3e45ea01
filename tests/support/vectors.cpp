#include "tests/support/vectors.hpp"

#include "core/base/hex.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace substratee::test {

Bytes load_bytes(std::string_view path) {
  const std::string full = std::string(SUBSTRATEE_VECTORS) + "/" + std::string(path);
  std::ifstream file(full, std::ios::binary);
  if (!file) throw std::runtime_error("no test vector " + full);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

boost::json::value load_json(std::string_view path) {
  const auto bytes = load_bytes(path);
  boost::json::parse_options options;
  options.max_depth = 64;
  return boost::json::parse(as_text(bytes), {}, options);
}

Bytes hex(std::string_view text) {
  auto bytes = from_hex(text);
  if (!bytes) throw std::runtime_error("not hex: " + std::string(text));
  return *std::move(bytes);
}

Bytes hex(const boost::json::value& text) { return hex(std::string_view(text.as_string())); }

std::string text(const boost::json::value& object, std::string_view name) {
  return std::string(object.as_object().at(name).as_string());
}

}  // namespace substratee::test
