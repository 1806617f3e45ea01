#pragma once

/// Base64 (RFC 4648, section 4) in its one canonical form: padding present, unused bits zero, no white space.

#include "core/base/bytes.hpp"

#include <string>

namespace substratee::attestation {

/// Nothing unless canonical; nothing for the empty text, too.
[[nodiscard]] std::optional<Bytes> from_base64(std::string_view text);
[[nodiscard]] std::string to_base64(ByteView bytes);

}  // namespace substratee::attestation
