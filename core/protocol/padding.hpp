#pragma once

/// ISO/IEC 7816-4 padding: 0x80, then zeros, to a multiple of 256 bytes. Sizes then tell little.

#include "core/base/bytes.hpp"

#include <optional>

namespace substratee::protocol {

void pad(Bytes& plaintext);
/// The bytes before the padding; nothing when it is not canonical (wrong multiple, no 0x80, more than one multiple).
[[nodiscard]] std::optional<ByteView> unpad(ByteView padded) noexcept;

}  // namespace substratee::protocol
