#pragma once

/// Hexadecimal text: lower case out, either case in.

#include "core/base/bytes.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace substratee {

/// "00ff": two digits a byte, no prefix.
[[nodiscard]] std::string to_hex(ByteView bytes);

/// "0x00ff", as JSON-RPC writes byte strings.
[[nodiscard]] std::string to_hex_prefixed(ByteView bytes);

/// Accepts an optional "0x"; nothing on an odd number of digits or on any other character.
[[nodiscard]] std::optional<Bytes> from_hex(std::string_view text);

/// As from_hex, and exactly N bytes.
template <std::size_t N>
[[nodiscard]] std::optional<FixedBytes<N>> fixed_from_hex(std::string_view text) {
  const auto bytes = from_hex(text);
  if (!bytes) return std::nullopt;
  return FixedBytes<N>::from(*bytes);
}

}  // namespace substratee
