#pragma once

/// Multibase text: one prefix character that names the base, then the digits. Strict: one text per byte string and
/// base. b base32 lower, B base32 upper, z base58btc, k base36, f base16, u base64url; none of them padded.

#include "core/base/bytes.hpp"
#include "core/ipld/error.hpp"

#include <string>
#include <string_view>

namespace substratee::ipld {

/// Longest text that is decoded, prefix included (base58btc and base36 take time quadratic in it).
inline constexpr std::size_t kMaxMultibaseText = 300;

/// With prefix; `base` must be one of the six above.
[[nodiscard]] std::string to_multibase(char base, ByteView bytes);

[[nodiscard]] Result<Bytes> from_multibase(std::string_view text);

/// base58btc digits without prefix, as CIDv0 has them.
[[nodiscard]] std::string to_base58(ByteView bytes);
[[nodiscard]] Result<Bytes> from_base58(std::string_view digits);

}  // namespace substratee::ipld
