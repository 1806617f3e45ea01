#pragma once

/// HMAC-SHA256 (RFC 2104) and HKDF-SHA256 (RFC 5869). Inputs and outputs may be secret; none is retained.

#include "core/crypto/hash.hpp"
#include "core/crypto/secret.hpp"

namespace substratee::crypto {

[[nodiscard]] Hash256 hmac_sha256(ByteView key, ByteView data) noexcept;

/// RFC 5869, 2.2.
[[nodiscard]] Secret<32> hkdf_extract(ByteView salt, ByteView input_key) noexcept;
/// RFC 5869, 2.3; `out` ≤ 8160 bytes.
void hkdf_expand(ByteView pseudo_random_key, ByteView info, MutableByteView out) noexcept;

template <std::size_t N>
[[nodiscard]] Secret<N> hkdf_expand_secret(ByteView pseudo_random_key, ByteView info) noexcept {
  Secret<N> out;
  hkdf_expand(pseudo_random_key, info, out.mutable_view());
  return out;
}

/// Extract with empty salt, then expand: one key from another for a named purpose.
template <std::size_t N>
[[nodiscard]] Secret<N> derive(ByteView input_key, ByteView info) noexcept {
  return hkdf_expand_secret<N>(hkdf_extract({}, input_key).view(), info);
}

}  // namespace substratee::crypto
