#pragma once

/// SubjectPublicKeyInfo: the DER form of a public key, whose SHA-256 evidence and trust anchors name.

#include "core/attestation/error.hpp"
#include "core/crypto/ed25519.hpp"
#include "core/crypto/hash.hpp"
#include "core/crypto/p256.hpp"
#include "core/crypto/p384.hpp"

namespace substratee::attestation {

/// RFC 8410, section 4.
[[nodiscard]] Bytes to_spki(const crypto::ed25519::PublicKey& key);
/// RFC 5480: id-ecPublicKey, prime256v1, uncompressed point.
[[nodiscard]] Bytes to_spki(const crypto::p256::PublicKey& key);

/// kBadCertificate unless it is a P-256 key in exactly the form that to_spki writes. Whether the point is on the
/// curve is seen when a signature is checked.
[[nodiscard]] Result<crypto::p256::PublicKey> p256_key_from_spki(ByteView spki) noexcept;

/// Keys of others, each in one exact form; kBadCertificate otherwise.
/// RFC 5480: id-ecPublicKey, secp384r1, uncompressed point.
[[nodiscard]] Result<crypto::p384::PublicKey> p384_key_from_spki(ByteView spki) noexcept;
/// RFC 3279: rsaEncryption, NULL; the big-endian modulus, of 2048 to 4096 bits with the highest one set. The public
/// exponent is 65537.
[[nodiscard]] Result<ByteView> rsa_modulus_from_spki(ByteView spki) noexcept;

/// What `pubkey-hash` and trust anchors hold.
[[nodiscard]] inline Hash256 hash_of_spki(ByteView spki) noexcept { return crypto::sha256(spki); }

}  // namespace substratee::attestation
