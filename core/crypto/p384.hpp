#pragma once

/// ECDSA on NIST P-384, verification only, raw: public key x ‖ y and signature r ‖ s, 96 bytes each, big-endian.
/// Others sign with it (AMD's chips; TLS keys of foreign enclaves); we never do. High s is accepted; r and s must lie
/// in [1, n-1]; the key must be on the curve.

#include "core/base/bytes.hpp"

namespace substratee::crypto::p384 {

using PublicKey = FixedBytes<96>;
using Signature = FixedBytes<96>;

/// Over SHA-384(message).
[[nodiscard]] bool verify(const PublicKey& key, ByteView message, const Signature& signature) noexcept;
/// Over SHA-256(message): an odd pair, but some certificates have it.
[[nodiscard]] bool verify_sha256(const PublicKey& key, ByteView message, const Signature& signature) noexcept;

}  // namespace substratee::crypto::p384
