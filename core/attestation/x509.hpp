#pragma once

/// X.509 certificates (RFC 5280), the profile of attestation chains, as rules of our own:
/// v3; positive serial of at most 20 octets; ecdsa-with-SHA256 named twice alike and without parameters; P-256,
/// uncompressed; names of one attribute per RDN; UTCTime to 2049 and GeneralizedTime from 2050, to the second, with Z;
/// no unique identifiers; at most 16 extensions, none twice; critical ones only basicConstraints and keyUsage.
/// The parser decides form; verify_chain decides trust.

#include "core/attestation/error.hpp"
#include "core/base/bytes.hpp"
#include "core/crypto/p256.hpp"

#include <optional>
#include <vector>

namespace substratee::attestation::x509 {

struct Extension {
  ByteView oid;  ///< content octets
  bool critical{};
  ByteView value;  ///< inside the OCTET STRING
};

/// Bits of KeyUsage that matter here.
inline constexpr std::uint16_t kDigitalSignature = 1 << 0;
inline constexpr std::uint16_t kKeyCertSign = 1 << 5;
inline constexpr std::uint16_t kCrlSign = 1 << 6;

/// A parsed certificate; its views live as long as the DER that it was parsed from.
struct Certificate {
  ByteView tbs;  ///< the signed part
  ByteView serial;
  ByteView issuer;  ///< Name, compared byte by byte
  ByteView subject;
  UnixSeconds not_before{};
  UnixSeconds not_after{};
  ByteView spki;
  crypto::p256::PublicKey key;
  crypto::p256::Signature signature;
  bool ca{};
  std::optional<std::uint64_t> path_length;
  std::optional<std::uint16_t> key_usage;  ///< bit n of KeyUsage at 1 << n
  std::vector<Extension> extensions;

  [[nodiscard]] const Extension* extension(ByteView oid) const noexcept;
};

[[nodiscard]] Result<Certificate> parse(ByteView der);

/// kBadCertificateSignature unless `key` signed it.
[[nodiscard]] Result<void> verify_signature(const Certificate& certificate,
                                            const crypto::p256::PublicKey& key) noexcept;
/// kNotYetValid, kExpired; both ends of the window belong to it.
[[nodiscard]] Result<void> verify_validity(const Certificate& certificate, UnixSeconds now) noexcept;

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

/// Content octets of object identifiers that more than one file speaks of.
inline constexpr std::array<std::uint8_t, 3> kOidBasicConstraints{0x55, 0x1d, 0x13};
inline constexpr std::array<std::uint8_t, 3> kOidKeyUsage{0x55, 0x1d, 0x0f};
inline constexpr std::array<std::uint8_t, 8> kOidEcdsaWithSha256{0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02};

}  // namespace substratee::attestation::x509
