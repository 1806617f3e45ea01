#pragma once

/// PBKDF2-HMAC-SHA512 (RFC 8018, 5.2). Inputs and output may be secret.

#include "core/base/bytes.hpp"

namespace substratee::crypto {

/// `rounds` ≥ 1; `out` is not empty.
void pbkdf2_hmac_sha512(ByteView password, ByteView salt, std::uint32_t rounds, MutableByteView out) noexcept;

}  // namespace substratee::crypto
