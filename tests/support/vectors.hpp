#pragma once

/// Reads tests/vectors. A missing or broken file fails the test that asked for it, by name.

#include "core/base/bytes.hpp"

#include <boost/json.hpp>

#include <string>
#include <string_view>

namespace substratee::test {

/// The parsed JSON file, path relative to tests/vectors ("substrate/scale.json").
[[nodiscard]] boost::json::value load_json(std::string_view path);

/// The raw bytes of a file, path relative to tests/vectors.
[[nodiscard]] Bytes load_bytes(std::string_view path);

/// Hex text ("0x" optional) to bytes; throws on anything else.
[[nodiscard]] Bytes hex(std::string_view text);
[[nodiscard]] Bytes hex(const boost::json::value& text);

/// The string member `name`; throws when absent.
[[nodiscard]] std::string text(const boost::json::value& object, std::string_view name);

}  // namespace substratee::test
