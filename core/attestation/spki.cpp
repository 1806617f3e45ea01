#include "core/attestation/spki.hpp"

namespace substratee::attestation {
namespace {

/// SEQUENCE { SEQUENCE { id-Ed25519 }, BIT STRING of 32 octets }, up to the key.
constexpr std::array<std::uint8_t, 12> kEd25519Prefix{0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                                      0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
/// SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 }, BIT STRING of 04 ‖ x ‖ y }, up to x.
constexpr std::array<std::uint8_t, 27> kP256Prefix{0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                                   0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                                   0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};

}  // namespace

Bytes to_spki(const crypto::ed25519::PublicKey& key) { return concat(kEd25519Prefix, key.bytes); }

Bytes to_spki(const crypto::p256::PublicKey& key) { return concat(kP256Prefix, key.bytes); }

Result<crypto::p256::PublicKey> p256_key_from_spki(ByteView spki) noexcept {
  if (spki.size() != kP256Prefix.size() + crypto::p256::PublicKey::kSize ||
      !std::ranges::equal(spki.first(kP256Prefix.size()), kP256Prefix)) {
    return std::unexpected(Error::kBadCertificate);
  }
  return *crypto::p256::PublicKey::from(spki.subspan(kP256Prefix.size()));
}

}  // namespace substratee::attestation
