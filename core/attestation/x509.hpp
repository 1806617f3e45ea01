#pragma once

/// X.509 certificates, the profile of Intel's, the simulation's and our own chains: the outline (x509_outline.hpp) and
/// ecdsa-with-SHA256 without parameters, P-256, uncompressed.
/// The parser decides form; verify_chain decides trust.

#include "core/attestation/x509_outline.hpp"
#include "core/crypto/p256.hpp"

namespace substratee::attestation::x509 {

/// A parsed certificate; its views live as long as the DER that it was parsed from.
struct Certificate : Outline {
  crypto::p256::PublicKey key;
  crypto::p256::Signature signature;
};

[[nodiscard]] Result<Certificate> parse(ByteView der);

/// kBadCertificateSignature unless `key` signed it.
[[nodiscard]] Result<void> verify_signature(const Certificate& certificate,
                                            const crypto::p256::PublicKey& key) noexcept;
/// Three certificates put in their order.
struct Chain {
  Certificate leaf;
  Certificate ca;
  Certificate root;
  Hash256 root_hash;          ///< SHA-256 of the root's SPKI
  UnixSeconds valid_until{};  ///< the earliest notAfter
};

/// Exactly leaf ← CA ← self-issued root, in any order: issuers decide. kBadChain also for basicConstraints, pathLen
/// and keyUsage that do not fit the place.
[[nodiscard]] Result<Chain> order_chain(std::span<const Certificate> certificates);

/// The root is one of `pins` (SHA-256 of SPKI), every signature holds and every certificate is valid at `now`.
[[nodiscard]] Result<void> verify_chain(const Chain& chain, std::span<const Hash256> pins, UnixSeconds now) noexcept;

inline constexpr std::array<std::uint8_t, 8> kOidEcdsaWithSha256{0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02};

}  // namespace substratee::attestation::x509
