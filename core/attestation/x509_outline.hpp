#pragma once

/// The outline of an X.509 certificate (RFC 5280): all that does not depend on the kinds of its keys, by strict rules:
/// v3; positive serial of at most 20 octets; both AlgorithmIdentifiers alike byte for byte; names of one attribute per
/// RDN; times as in time.hpp; no unique identifiers; at most 16 extensions, none twice; critical ones only
/// basicConstraints and keyUsage. Which algorithms and keys count is the profile's to say: x509.hpp (Intel's chains and
/// ours), x509_signed.hpp (all others).

#include "core/attestation/error.hpp"
#include "core/base/bytes.hpp"

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

/// Where makers of certificates depart from RFC 5280.
struct Form {
  bool zero_serial = false;  ///< a serial number of zero is taken: AMD's leaves have no other
  bool loose_times = false;  ///< GeneralizedTime before 2050: IAS's root, other RA-TLS implementations
  bool loose_usage = false;  ///< zero bits at the end of KeyUsage: AMD's CAs
};

/// Views live as long as the DER that it was parsed from.
struct Outline {
  ByteView tbs;  ///< the signed part
  ByteView serial;
  ByteView algorithm;  ///< AlgorithmIdentifier of the signature, the whole element
  ByteView issuer;     ///< Name, compared byte by byte
  ByteView subject;
  UnixSeconds not_before{};
  UnixSeconds not_after{};
  ByteView spki;
  ByteView signature_octets;  ///< inside the BIT STRING
  bool ca{};
  std::optional<std::uint64_t> path_length;
  std::optional<std::uint16_t> key_usage;  ///< bit n of KeyUsage at 1 << n
  std::vector<Extension> extensions;

  [[nodiscard]] const Extension* extension(ByteView oid) const noexcept;
  [[nodiscard]] bool is_self_issued() const noexcept { return std::ranges::equal(issuer, subject); }
  /// A CA certificate that may have `below` CA certificates between itself and the leaf.
  [[nodiscard]] bool may_issue(std::uint64_t below) const noexcept;
};

[[nodiscard]] Result<Outline> parse_outline(ByteView der, const Form& form = {});

/// kNotYetValid, kExpired; both ends of the window belong to it.
[[nodiscard]] Result<void> verify_validity(const Outline& certificate, UnixSeconds now) noexcept;

/// Content octets of object identifiers that more than one file speaks of.
inline constexpr std::array<std::uint8_t, 3> kOidBasicConstraints{0x55, 0x1d, 0x13};
inline constexpr std::array<std::uint8_t, 3> kOidKeyUsage{0x55, 0x1d, 0x0f};

}  // namespace substratee::attestation::x509
