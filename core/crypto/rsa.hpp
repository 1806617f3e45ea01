#pragma once

/// RSA signatures (RFC 8017), verification only: others sign with it (AMD's and Intel's older certificate chains), we
/// never do. The public exponent is 65537. Signature and modulus have the same size, so that a signature has one form.

#include "core/base/bytes.hpp"

namespace substratee::crypto::rsa {

inline constexpr std::size_t kMinModulusSize = 256;  ///< 2048 bits
inline constexpr std::size_t kMaxModulusSize = 512;  ///< 4096 bits

/// RSASSA-PSS with SHA-384, MGF1 with SHA-384, 48 bytes of salt. `modulus` big-endian, odd, its highest bit set.
[[nodiscard]] bool verify_pss_sha384(ByteView modulus, ByteView message, ByteView signature) noexcept;
/// RSASSA-PKCS1-v1_5 with SHA-256.
[[nodiscard]] bool verify_pkcs1_sha256(ByteView modulus, ByteView message, ByteView signature) noexcept;

}  // namespace substratee::crypto::rsa
